//! What the main module remembers from one question to the next: a conversation, a REST call, or a webhook on its
//! way.

use crate::agent::link::At;
use crate::bind::accounts::Call;
use crate::bind::agent::Conversation;
use crate::bind::args::Args;
use crate::bind::border::answered;
use crate::bind::handling::Handling;
use crate::json::Writer;
use crate::prelude::*;
use wasm_bindgen::prelude::*;

/// One machine. JavaScript frees it.
#[wasm_bindgen(skip_typescript)]
pub struct Machine(Kind);

enum Kind {
    Conversation(Box<Conversation>),
    Call(Box<Call>),
    Handling(Box<Handling>),
}

#[wasm_bindgen]
impl Machine {
    /// [`Machine::new`] for JavaScript: see `border`.
    #[wasm_bindgen(constructor)]
    pub fn of_asked(now_ms: f64, fraction: f64) -> Machine {
        let mut made = None;
        answered(|asked, bytes| {
            made = Some(Self::new(asked, bytes, now_ms, fraction));
            String::new()
        });
        // There is one: a trap ends as an `InternalError`.
        made.unwrap_or_else(|| core::arch::wasm32::unreachable())
    }

    /// [`Machine::ask`] for JavaScript.
    #[wasm_bindgen(js_name = ask)]
    pub fn asked(&mut self, now_ms: f64, fraction: f64) -> *const u8 {
        answered(|asked, bytes| self.ask(asked, bytes, now_ms, fraction))
    }
}

impl Machine {
    /// `["link", …]`, `["flow", …]`, `["handling", …]` or `["payload", …]`: see there.
    pub fn new(asked: &str, bytes: Vec<u8>, now_ms: f64, fraction: f64) -> Machine {
        let args = &mut Args::of(asked);
        let name = args.next().raw();
        Machine(match name {
            "\"link\"" => Kind::Conversation(Box::new(Conversation::new(args, &bytes))),
            "\"flow\"" => Kind::Call(Box::new(Call::new(args, &bytes))),
            _ => Kind::Handling(Box::new(Handling::new(name, args, bytes, now_ms, fraction))),
        })
    }

    /// Asks, or tells, something; gives JSON. `fraction` is a bit of chance.
    pub fn ask(&mut self, asked: &str, bytes: Vec<u8>, now_ms: f64, fraction: f64) -> String {
        let args = &mut Args::of(asked);
        let mut out = Writer::new();
        out.array();
        match &mut self.0 {
            Kind::Conversation(conversation) => {
                conversation.ask(args, &bytes, At { ms: now_ms, chance: fraction }, &mut out)
            }
            Kind::Call(call) => call.ask(args, &bytes, now_ms, &mut out),
            Kind::Handling(handling) => handling.ask(args, now_ms, &mut out),
        }
        out.end_array();
        out.finish()
    }
}
