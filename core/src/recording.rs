//! A run as a short text: version, configuration and commands, nothing that follows from them. This is the share
//! link, the bug report and the regression test.

use crate::ensemble::Ensemble;
use crate::history::History;
use crate::script::MOST_SERVERS;
use crate::sim::{Command, CommandError};
use crate::time::Duration;
use core::fmt;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// Changes whenever the same commands would give another trace, so that an old link can say so.
pub const TRACE_VERSION: u8 = 1;

/// The most commands a link may carry.
const MOST_COMMANDS: usize = 2_000;
/// The longest span a link may let pass at once.
const LONGEST_SPAN: Duration = Duration::from_millis(3_600_000);
/// The most events a link may make the page run.
const MOST_EVENTS: usize = 50_000;

/// A run without its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The configuration.
    pub ensemble: Ensemble,
    /// What was done.
    pub commands: Vec<Command>,
}

/// Why a text is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It has characters that cannot be in a link, or is cut short.
    Damaged,
    /// It was made by another version of the engine.
    OtherVersion(u8),
    /// It asks for more than a page can run.
    TooLarge,
    /// A command cannot be carried out; the number counts from 1.
    Refused(usize, CommandError),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Damaged => f.write_str("the link is damaged or cut short"),
            DecodeError::OtherVersion(version) => {
                write!(f, "the link was made by trace version {version}; this is version {TRACE_VERSION}")
            }
            DecodeError::TooLarge => f.write_str("the link asks for more than a page can run"),
            DecodeError::Refused(number, error) => write!(f, "command {number} cannot be carried out: {error}"),
        }
    }
}

impl Recording {
    /// The recording of a run.
    pub fn of(history: &History) -> Recording {
        Recording { ensemble: history.ensemble().clone(), commands: history.commands().to_vec() }
    }

    /// The text for a link: letters, digits, `-` and `_`.
    pub fn encode(&self) -> String {
        let mut bytes = vec![TRACE_VERSION];
        // Writing into a growing buffer cannot fail, and every type here has a form.
        bytes.extend(postcard::to_allocvec(self).unwrap_or_default());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads a text that [`Recording::encode`] wrote.
    ///
    /// # Errors
    /// When the text is damaged, of another version, or out of bounds.
    pub fn decode(text: &str) -> Result<Recording, DecodeError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DecodeError::Damaged)?;
        let (version, bytes) = bytes.split_first().ok_or(DecodeError::Damaged)?;
        if *version != TRACE_VERSION {
            return Err(DecodeError::OtherVersion(*version));
        }
        let (recording, rest) = postcard::take_from_bytes::<Recording>(bytes).map_err(|_| DecodeError::Damaged)?;
        if !rest.is_empty() {
            return Err(DecodeError::Damaged);
        }
        recording.within_bounds().then_some(recording).ok_or(DecodeError::TooLarge)
    }

    fn within_bounds(&self) -> bool {
        let ensemble = &self.ensemble;
        let servers = 1..=usize::from(MOST_SERVERS);
        let rules = &ensemble.rules;
        let sane = |span: Duration| span > Duration::ZERO && span <= LONGEST_SPAN;
        let commands = self.commands.iter().all(|command| match command {
            Command::Advance(span) => *span <= LONGEST_SPAN,
            Command::Step(count) => *count as usize <= MOST_EVENTS,
            _ => true,
        });
        servers.contains(&ensemble.members.len())
            && ensemble.voters().next().is_some()
            && ensemble.servers().all(|sid| sid.0 > 0)
            && ensemble.latency.min <= ensemble.latency.max
            && ensemble.latency.max <= LONGEST_SPAN
            && [ensemble.tick_time, rules.finalize_wait, rules.min_notification_interval].into_iter().all(sane)
            && rules.max_notification_interval >= rules.min_notification_interval
            && self.commands.len() <= MOST_COMMANDS
            && commands
    }

    /// Runs it.
    ///
    /// # Errors
    /// When a command cannot be carried out, or the run grows beyond what a page can hold.
    pub fn replay(&self) -> Result<History, DecodeError> {
        let mut history = History::new(self.ensemble.clone());
        for (number, command) in self.commands.iter().enumerate() {
            history.apply(command).map_err(|error| DecodeError::Refused(number + 1, error))?;
            if history.len() > MOST_EVENTS {
                return Err(DecodeError::TooLarge);
            }
        }
        Ok(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Sid;

    fn flagship() -> Recording {
        let commands = (1..=5).flat_map(|id| [Command::Start(Sid(id)), Command::Advance(Duration::from_millis(2_000))]);
        Recording { ensemble: Ensemble::of(5), commands: commands.collect() }
    }

    #[test]
    fn a_link_is_short_and_comes_back_as_it_was() {
        let recording = flagship();
        let text = recording.encode();
        assert!(text.len() <= 190, "{} characters", text.len());
        assert_eq!(Recording::decode(&text), Ok(recording.clone()));
        let history = recording.replay().expect("the flagship runs");
        assert_eq!(Recording::of(&history), recording);
    }

    #[test]
    fn damage_is_told_apart_from_another_version() {
        let text = flagship().encode();
        assert_eq!(Recording::decode("not a link!"), Err(DecodeError::Damaged));
        assert_eq!(Recording::decode(&text[..text.len() - 4]), Err(DecodeError::Damaged));
        assert_eq!(Recording::decode(""), Err(DecodeError::Damaged));
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).expect("just written");
        bytes[0] = TRACE_VERSION + 1;
        let other = BASE64URL_NOPAD.encode(&bytes);
        assert_eq!(Recording::decode(&other), Err(DecodeError::OtherVersion(TRACE_VERSION + 1)));
        let unknown = Recording { commands: vec![Command::Start(Sid(9))], ..flagship() };
        assert_eq!(unknown.replay(), Err(DecodeError::Refused(1, CommandError::UnknownServer(Sid(9)))));
        let endless = Recording { commands: vec![Command::Advance(Duration(u64::MAX))], ..flagship() };
        assert_eq!(Recording::decode(&endless.encode()), Err(DecodeError::TooLarge));
    }
}
