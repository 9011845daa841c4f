//! What may break, by name.

/// What may break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks before the service took anything: the POST is reset and its stream with it.
    CutBeforeAccept,
    /// The POST alone is reset; nothing was taken, the stream goes on.
    PostReset,
    /// The POST is accepted, the call done, then the stream breaks without the answer.
    CutAfterAccept,
    /// The same, but the stream ends as a body ends.
    CleanEnd,
    /// The stream breaks within the answer's event.
    CutMidEvent,
    /// The stream breaks within a character of the answer.
    CutInCharacter,
    /// Accepted and done, never answered; other calls are.
    NoAnswer,
    /// Accepted and done, and nothing is ever written to this stream again, though it stays open.
    HalfOpen,
    /// The POST itself is never answered; nothing was taken.
    PostHangs,
    /// One byte per chunk.
    SlowDrip,
    /// The answer comes twice.
    DuplicateAnswer,
    /// The answer has both `result` and `error`.
    BothResultAndError,
    /// An answer to nobody's id comes first.
    UnknownIdFirst,
    /// The id comes back as text.
    StringId,
    /// The answer is the body of the POST, with status 200.
    AnswerInPostBody,
    /// The answer comes after the 202, whatever the options say.
    AnswerAfter202,
    /// Events that are no messages come first.
    GarbageFirst,
    /// Comments without end instead of the answer.
    CommentFlood,
    /// The event is padded to `size` bytes, 10 MiB by default.
    HugeEvent,
    /// An event without end instead of the answer.
    EndlessEvent,
    /// The answer nests `size` arrays, 100,000 by default.
    DeepJson,
    /// `size` pings of the service, 2000 by default, come before the answer.
    RequestFlood,
    /// The endpoint is on another origin.
    ForeignEndpoint,
    /// The endpoint is `//host/…`.
    ForeignEndpointHost,
    /// The endpoint is `javascript:…`.
    ForeignEndpointScript,
    /// After the endpoint comes another, on another origin.
    SecondEndpoint,
    /// A stream without an endpoint.
    NoEndpoint,
    /// The connection is accepted and not even a head comes.
    NoHeaders,
    /// 302 for a GET, 307 for a POST, to another origin; nothing was taken.
    Redirect,
    /// A page with status 200 instead of the service; nothing was taken.
    HtmlInstead,
    /// Lines end with CR LF.
    Crlf,
    /// Lines end with CR.
    Cr,
    /// The stream begins with a byte order mark.
    Bom,
    /// Comments, unknown fields and empty events stand between the events.
    Noise,
    /// The stream is compressed, and after the endpoint come comments that unpack to `size` bytes, 300 MB by default.
    GzipBomb,
}

struct Row {
    fault: Fault,
    name: &'static str,
    /// May break the opening of a stream.
    opening: bool,
    /// May break a POST.
    post: bool,
}

const fn row(fault: Fault, name: &'static str, opening: bool, post: bool) -> Row {
    Row { fault, name, opening, post }
}

const ROWS: [Row; 35] = [
    row(Fault::CutBeforeAccept, "cut_before_accept", true, true),
    row(Fault::PostReset, "post_reset", false, true),
    row(Fault::CutAfterAccept, "cut_after_accept", true, true),
    row(Fault::CleanEnd, "clean_end", true, true),
    row(Fault::CutMidEvent, "cut_mid_event", true, true),
    row(Fault::CutInCharacter, "cut_in_character", false, true),
    row(Fault::NoAnswer, "no_answer", false, true),
    row(Fault::HalfOpen, "half_open", true, true),
    row(Fault::PostHangs, "post_hangs", false, true),
    row(Fault::SlowDrip, "slow_drip", true, true),
    row(Fault::DuplicateAnswer, "duplicate_answer", false, true),
    row(Fault::BothResultAndError, "both_result_and_error", false, true),
    row(Fault::UnknownIdFirst, "unknown_id_first", false, true),
    row(Fault::StringId, "string_id", false, true),
    row(Fault::AnswerInPostBody, "answer_in_post_body", false, true),
    row(Fault::AnswerAfter202, "answer_after_202", false, true),
    row(Fault::GarbageFirst, "garbage_first", true, true),
    row(Fault::CommentFlood, "comment_flood", true, true),
    row(Fault::HugeEvent, "huge_event", true, true),
    row(Fault::EndlessEvent, "endless_event", true, true),
    row(Fault::DeepJson, "deep_json", false, true),
    row(Fault::RequestFlood, "request_flood", false, true),
    row(Fault::ForeignEndpoint, "foreign_endpoint", true, false),
    row(Fault::ForeignEndpointHost, "foreign_endpoint_host", true, false),
    row(Fault::ForeignEndpointScript, "foreign_endpoint_script", true, false),
    row(Fault::SecondEndpoint, "second_endpoint", true, false),
    row(Fault::NoEndpoint, "no_endpoint", true, false),
    row(Fault::NoHeaders, "no_headers", true, false),
    row(Fault::Redirect, "redirect", true, true),
    row(Fault::HtmlInstead, "html_instead", true, true),
    row(Fault::Crlf, "crlf", true, false),
    row(Fault::Cr, "cr", true, false),
    row(Fault::Bom, "bom", true, false),
    row(Fault::Noise, "noise", true, false),
    row(Fault::GzipBomb, "gzip_bomb", true, false),
];

impl Fault {
    /// The fault of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.fault)
    }

    /// Every fault.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.fault)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Whether it may break the opening of a stream.
    #[must_use]
    pub fn breaks_opening(self) -> bool {
        self.row().is_some_and(|row| row.opening)
    }

    /// Whether it may break a POST.
    #[must_use]
    pub fn breaks_post(self) -> bool {
        self.row().is_some_and(|row| row.post)
    }

    /// Whether the call behind the broken POST is done all the same.
    #[must_use]
    pub fn accepts(self) -> bool {
        !matches!(
            self,
            Self::CutBeforeAccept | Self::PostReset | Self::PostHangs | Self::Redirect | Self::HtmlInstead
        )
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.fault == self)
    }
}
