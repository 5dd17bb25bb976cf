//! A run as a short text: version, configuration and commands, nothing that follows from them. This is the share
//! link, the bug report and the regression test. It is the command language itself, in characters that a link
//! may carry: `1;ensemble_5;start_1;advance_2s`.

use crate::ensemble::Ensemble;
use crate::history::History;
use crate::script::{Expected, ParseError, Words, command, ensemble};
use crate::sim::{Cause, Command};
use crate::time::Duration;
use core::fmt::{self, Write as _};

/// Changes whenever the same commands would give another trace, so that an old link can say so.
pub const TRACE_VERSION: u8 = 9;

/// The longest text a link may carry.
pub const LONGEST_TEXT: usize = 20_000;
/// The longest span a link may let pass at once.
pub const LONGEST_SPAN: Duration = Duration::from_millis(3_600_000);
/// The most events a link may make the page run.
pub const MOST_EVENTS: usize = 20_000;

/// What stands in a link for characters that cannot.
const LETTERS: [(char, char); 5] = [(' ', '_'), ('\n', ';'), ('|', '!'), ('>', '~'), ('<', '\'')];

/// What stands before the two digits of a byte.
const ESCAPE: char = '*';

/// A run without its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The configuration.
    pub ensemble: Ensemble,
    /// What was done.
    pub commands: Vec<Command>,
}

/// Why a text is no recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It does not begin with a version, or has characters that no link has.
    Damaged,
    /// It was made by another version of the engine.
    OtherVersion(u8),
    /// It asks for more than a page can run.
    TooLarge,
    /// A line of it is not understood, or cannot be carried out.
    Line(ParseError),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Damaged => f.write_str("the link is damaged or cut short"),
            DecodeError::OtherVersion(version) => {
                write!(f, "the link was made by trace version {version}; this is version {TRACE_VERSION}")
            }
            DecodeError::TooLarge => f.write_str("the link asks for more than a page can run"),
            DecodeError::Line(error) => write!(f, "{error}"),
        }
    }
}

fn flush(commands: &mut Vec<Command>, steps: &mut u32) {
    if *steps > 0 {
        commands.push(Command::Step(std::mem::take(steps)));
    }
}

/// The script that a link's letters stand for. `None` when they stand for no text.
fn restore(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == ESCAPE {
            let digits = [letters.next()?.to_digit(16)?, letters.next()?.to_digit(16)?];
            bytes.push((digits[0] * 16 + digits[1]) as u8);
        } else {
            let plain = LETTERS.iter().find(|(_, safe)| *safe == letter).map_or(letter, |(plain, _)| *plain);
            bytes.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    String::from_utf8(bytes).ok()
}

impl Recording {
    /// The recording of a run.
    pub fn of(history: &History) -> Recording {
        Recording { ensemble: history.ensemble().clone(), commands: history.commands().to_vec() }
    }

    /// The recording of a run up to an event. A command that is not over by then is replaced by what it has done.
    pub fn upto(history: &History, index: usize) -> Recording {
        let whole = history.commands_before(index);
        let mut commands = history.commands()[..whole].to_vec();
        let from = whole.checked_sub(1).map_or(0, |last| history.end_of_command(last));
        let mut steps = 0;
        for step in &history.steps()[from.min(index)..index] {
            match &step.cause {
                Cause::Command(command) => {
                    flush(&mut commands, &mut steps);
                    commands.push(command.clone());
                }
                _ => steps += 1,
            }
        }
        flush(&mut commands, &mut steps);
        Recording { ensemble: history.ensemble().clone(), commands }
    }

    /// The run as a script, a command on each line.
    pub fn script(&self) -> String {
        let mut text = self.ensemble.to_string();
        for command in &self.commands {
            text.push('\n');
            text.push_str(&command.to_string());
        }
        text
    }

    /// The text for a link.
    pub fn encode(&self) -> String {
        let mut text = format!("{TRACE_VERSION};");
        for letter in self.script().chars() {
            match LETTERS.iter().find(|(plain, safe)| *plain == letter || *safe == letter) {
                Some((plain, safe)) if *plain == letter => text.push(*safe),
                None if letter.is_ascii_alphanumeric() || "-.,:/=@()$".contains(letter) => text.push(letter),
                // Anything else, and what stands for something else, is written byte by byte. The mark is not the one of
                // links, since those are taken apart and put together again on their way.
                _ => {
                    let mut bytes = [0; 4];
                    for byte in letter.encode_utf8(&mut bytes).bytes() {
                        let _ = write!(text, "{ESCAPE}{byte:02X}");
                    }
                }
            }
        }
        text
    }

    /// Reads a text that [`Recording::encode`] wrote.
    ///
    /// # Errors
    /// When the text is damaged, of another version, or out of bounds. Lines count from the `ensemble` line.
    pub fn decode(text: &str) -> Result<Recording, DecodeError> {
        if text.len() > LONGEST_TEXT {
            return Err(DecodeError::TooLarge);
        }
        let (version, script) = text.split_once(';').ok_or(DecodeError::Damaged)?;
        let version: u8 = version.parse().map_err(|_| DecodeError::Damaged)?;
        if version != TRACE_VERSION {
            return Err(DecodeError::OtherVersion(version));
        }
        let script = restore(script).ok_or(DecodeError::Damaged)?;
        let mut lines = script.lines().zip(1..);
        let (first, _) = lines.next().ok_or(DecodeError::Damaged)?;
        let mut words = Words::of(1, first);
        let ensemble = ensemble(&mut words).map_err(DecodeError::Line)?;
        let mut commands = Vec::new();
        for (line, number) in lines {
            let mut words = Words::of(number, line);
            if words.is_empty() {
                return Err(DecodeError::Line(words.error(Expected::Command)));
            }
            commands.push(command(&mut words, &ensemble).map_err(DecodeError::Line)?);
        }
        let recording = Recording { ensemble, commands };
        recording.within_bounds().then_some(recording).ok_or(DecodeError::TooLarge)
    }

    fn within_bounds(&self) -> bool {
        let ensemble = &self.ensemble;
        let spans = [ensemble.tick_time, ensemble.rules.finalize_wait];
        spans.into_iter().all(|span| span <= LONGEST_SPAN)
            && self.commands.iter().all(|command| match command {
                Command::Advance(span) | Command::SettleWithin(span) => *span <= LONGEST_SPAN,
                Command::Step(count) => *count as usize <= MOST_EVENTS,
                _ => true,
            })
    }

    /// Runs it.
    ///
    /// # Errors
    /// When a command cannot be carried out, or the run grows beyond what a page can hold.
    pub fn replay(&self) -> Result<History, DecodeError> {
        let mut history = History::new(self.ensemble.clone());
        for (command, line) in self.commands.iter().zip(2..) {
            let text = command.to_string();
            let refused = |error| DecodeError::Line(Words::of(line, &text).refused(error));
            history.apply(command).map_err(refused)?;
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
    use crate::script::Session;
    use crate::sim::CommandError;

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
    fn every_setting_and_command_survives_the_link() {
        let script = "ensemble 6 observers=1 seed=9 latency=5ms..30.5ms tick=500ms initLimit=20 syncLimit=7 sessionTimeout=500ms..7s \
            finalizeWait=150ms disk=2ms extendedTypes=yes enforceQuota=yes containerCheck=30s digest=no faults=epoch-first,cache-hole weights=1:2,6:0 groups=1,2,3|4,5,6 zxid=1:1.3,2:1.6 epoch=1:2\n\
            start 1\nstart all\npause 2\nresume 2\nhold 3->2\nrelease 3->2\ncut 1-3\npartition 1,2 | 3,4,5,6\nheal\n\
            stop 5\ncrash 4\nrestart 4\nstep 3\nadvance 12.5ms\nsettle\nuntil votes 3 < 9\n\
            start all\nsettle\nwrite 2 hello\nsync 1\ndisk 3 slow\ndisk 3 fast\nwrite 2 again\ncrash 2 after append 3.2\nsettle\n\
            client a connect 3,1 timeout=5s\nsettle\na> create -e /m 'x_y; ~!|<> 100% *? #1&+ 节点'\nsettle\npause a\nresume a\n\
            cut a\nheal\nsettle 9s\nexpire a\nclient b connect 1\ncrash b\nsettle";
        let mut session = Session::default();
        session.run(script).1.expect("the script runs");
        let recording = Recording::of(session.history().expect("it began"));
        let text = recording.encode();
        assert!(text.chars().all(|letter| !" \n|<>#?&+%\"".contains(letter)), "{text}");
        assert_eq!(Recording::decode(&text).as_ref(), Ok(&recording));
        assert_eq!(recording.replay().as_ref().ok(), session.history());
    }

    #[test]
    fn every_moment_of_a_run_has_a_recording() {
        let mut session = Session::default();
        let script =
            "ensemble 3 latency=7ms\nstart all\nadvance 33ms\ncrash 2\nsettle\nwrite 3 x\ncrash 1 after flush 1.1";
        session.run(script).1.expect("the script runs");
        let history = session.history().expect("it began");
        for index in 0..=history.len() {
            let part = Recording::upto(history, index).replay().expect("a part of it runs");
            assert_eq!(part.steps(), &history.steps()[..index], "up to event {index}");
        }
    }

    #[test]
    fn damage_is_told_apart_from_another_version() {
        let text = flagship().encode();
        assert_eq!(Recording::decode(""), Err(DecodeError::Damaged));
        assert_eq!(Recording::decode("hello"), Err(DecodeError::Damaged));
        for cut in ["*2", "*FF", "*zz"] {
            let link = format!("{TRACE_VERSION};ensemble_3;a~_ls_{cut}");
            assert_eq!(Recording::decode(&link), Err(DecodeError::Damaged));
        }
        let (_, rest) = text.split_once(';').expect("a version stands before it");
        assert_eq!(Recording::decode(&format!("1;{rest}")), Err(DecodeError::OtherVersion(1)));
        let Err(DecodeError::Line(error)) = Recording::decode(&text.replace("start_3", "stomp_3")) else {
            panic!("a line that is not understood");
        };
        assert_eq!((error.line, error.column, error.found.as_str()), (6, 1, "stomp"));
        let twice = Recording { commands: vec![Command::Start(Sid(1)); 2], ..flagship() };
        let Err(DecodeError::Line(error)) = twice.replay() else { panic!("a command that is refused") };
        assert_eq!((error.line, error.cause), (3, crate::script::Cause::Refused(CommandError::AlreadyRunning(Sid(1)))));
        let endless = Recording { commands: vec![Command::Advance(Duration(90_000_000_000))], ..flagship() };
        assert_eq!(Recording::decode(&endless.encode()), Err(DecodeError::TooLarge));
    }
}
