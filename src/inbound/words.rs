//! Pieces of shapes that stand in several.

/// A file of WhatsApp (wire-contract 9.1).
macro_rules! media {
    () => {
        "media{. id& url~link|url mimeType:mime_type|mimeType fileName:filename|file_name|fileName sha256: }"
    };
}

/// Errors that a provider reported, read from this path.
macro_rules! errors {
    ($path:literal) => {
        concat!("errors[", $path, " code& title: message: details:error_data.details ]")
    };
}
