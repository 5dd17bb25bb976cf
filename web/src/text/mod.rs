//! Every word the reader sees, in Chinese and English side by side, so that none can be missing. Protocol words
//! (zxid, LOOKING, Leader) stay as they are in both.

mod clients;
mod commands;
mod errors;
mod facts;
mod faults;
mod rules;
mod tree;
mod ui;
mod why;
mod zab;

use std::fmt::Arguments;
use zooscope_core::election::{ServerState, Vote};
use zooscope_core::query::{Held, Reason, Value};
use zooscope_core::sids::Sids;

pub use ui::Ui;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Its name in the address.
    pub fn tag(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// Its name for the `lang` attribute.
    pub fn html(self) -> &'static str {
        self.pick("zh-CN", "en")
    }

    /// The language of a tag such as `zh`, `zh-TW` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        match tag.split('-').next() {
            Some("zh") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => None,
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// One of two values by language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A state's word; the same in both languages, but for a server that is down.
    pub fn state(self, state: Option<ServerState>, fresh: bool) -> &'static str {
        match state {
            Some(state) => state.word(),
            None if fresh => self.pick("未启动", "not started"),
            None => self.pick("已停止", "down"),
        }
    }

    /// One of two sentences with values in them; the other one is never put together.
    #[inline(never)]
    pub fn say(self, zh: Arguments<'_>, en: Arguments<'_>) -> String {
        std::fmt::format(self.pick(zh, en))
    }

    /// Server ids as a list: `1、2、3` or `1, 2, 3`.
    pub fn list(self, servers: Sids) -> String {
        servers.into_iter().map(|sid| sid.to_string()).collect::<Vec<_>>().join(self.pick("、", ", "))
    }

    /// A vote as the order of votes reads it.
    pub fn vote(self, vote: Vote) -> String {
        vote.to_string()
    }

    /// An answer to a question about the run.
    pub fn value(self, value: &Value) -> String {
        match value {
            Value::Word(text) | Value::Data(Held::Text(text)) => text.to_string(),
            Value::Data(Held::NoNode) => self.pick("无", "none").to_string(),
            Value::Data(Held::Null) => "null".to_string(),
            Value::Number(number) => number.to_string(),
            Value::Server(Some(sid)) => sid.to_string(),
            Value::Server(None) | Value::Span(None) => self.pick("无", "none").to_string(),
            Value::State(Some(state)) => state.word().to_string(),
            Value::State(None) => self.pick("未运行", "down").to_string(),
            Value::Zxid(zxid) => zxid.to_string(),
            Value::Epoch(epoch) => epoch.to_string(),
            Value::Span(Some(span)) => format!("{} ms", span.as_millis()),
            Value::Flag(true) => self.pick("是", "yes").to_string(),
            Value::Flag(false) => self.pick("否", "no").to_string(),
            Value::Reason(reason) => self.reason(*reason).to_string(),
        }
    }

    fn reason(self, reason: Reason) -> &'static str {
        match reason {
            Reason::None => self.pick("无", "none"),
            Reason::Epoch => self.pick("纪元", "epoch"),
            Reason::Zxid => "zxid",
            Reason::Id => self.pick("编号", "id"),
            Reason::Weight => self.pick("权重", "weight"),
            Reason::Silence => self.pick("过半后的静默", "a quorum, then silence"),
            Reason::Leader => self.pick("Leader 已确认", "a confirmed leader"),
        }
    }
}
