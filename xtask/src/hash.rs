//! Knowing that nothing changed: a hash over files, kept in a stamp.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::Outcome;

/// A hash over files and folders (names and contents) and some text. What does not exist counts as nothing.
pub fn of(paths: &[PathBuf], text: &str) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    for path in paths {
        for file in files(path)? {
            file.strip_prefix(path).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// All files below a path, sorted; a file is its own only one. Nothing when it does not exist.
pub fn files(path: &Path) -> Outcome<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let Ok(entries) = fs::read_dir(path) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("{}: {error}", path.display()))?;
        found.extend(files(&entry.path())?);
    }
    found.sort();
    Ok(found)
}

/// Whether the stamp holds this hash.
pub fn fresh(stamp: &Path, hash: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|kept| kept == hash)
}

/// Keeps the hash in the stamp.
pub fn keep(stamp: &Path, hash: &str) -> Outcome {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(stamp, hash).map_err(|error| format!("{}: {error}", stamp.display()))
}
