//! What is on stage: a lesson's performance or a run, with everything that follows from it once and for all.

use crate::catalog::LessonFiles;
use crate::route::{At, Place};
use crate::scene::clients::Consoles;
use crate::scene::spacetime::SpaceTime;
use crate::text::Lang;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::history::{History, Step};
use zooscope_core::ids::Sid;
use zooscope_core::invariants::{Violation, check_moment, first_broken};
use zooscope_core::lesson::{Ask, BeatText, PerformError, Performance, Prose, Script, StageMark};
use zooscope_core::query::starts;
use zooscope_core::recording::{DecodeError, Recording};
use zooscope_core::script::{ParseError, Words, command};
use zooscope_core::sim::{Cause, ClientAct, Command, ProcessAct, World};
use zooscope_core::time::Duration;

/// How long a typed command has to come to rest.
const PATIENCE: Duration = Duration::from_millis(10_000);

/// Which steps are stopped at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Votes, tallies and roles.
    Story,
    /// Every event.
    Every,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A lesson.
    Lesson {
        /// Its files' name.
        id: &'static str,
        /// Its script.
        script: Box<Script>,
        /// Its words in Chinese and in English.
        prose: Box<(Prose, Prose)>,
        /// The name of its recording of a real ensemble.
        real_log: Option<&'static str>,
    },
    /// A shared run and its link text.
    Run {
        /// The text of the link.
        link: String,
    },
    /// A run to be put together.
    Sandbox,
}

/// A show.
#[derive(Clone, Debug, PartialEq)]
pub struct Show {
    /// What kind of show.
    pub kind: Kind,
    /// The run with its stages and beats.
    pub performance: Performance,
    /// The diagram of the whole run.
    pub spacetime: SpaceTime,
    /// What the clients' command lines have said in the whole run.
    pub consoles: Consoles,
    /// What the whole run breaks, with the first moment of each. Filled only when a fault is switched on: checking
    /// a whole run takes time, and without a fault there is nothing to be found.
    broken: Vec<(usize, Violation)>,
    /// What the moment that was asked for last breaks by itself: several parts of the page ask for the same one.
    checked: RefCell<(Option<usize>, Vec<Violation>)>,
    story: Vec<usize>,
}

/// A show that is compared by identity: two shows are the same when they are one.
#[derive(Clone, Debug)]
pub struct SharedShow(pub Rc<Show>);

impl PartialEq for SharedShow {
    fn eq(&self, other: &SharedShow) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for SharedShow {
    type Target = Show;
    fn deref(&self) -> &Show {
        &self.0
    }
}

/// Why a show cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// There is no such lesson.
    UnknownLesson(String),
    /// A lesson does not run.
    Lesson(PerformError),
    /// A link cannot be read.
    Link(DecodeError),
}

impl Show {
    /// Opens a place. `param` sets a lesson's parameter.
    ///
    /// # Errors
    /// When there is no such lesson or the link cannot be read.
    pub fn open(place: &Place, param: Option<Duration>) -> Result<Show, OpenError> {
        match place {
            Place::Lesson(id) => Show::lesson(id, param),
            Place::Run(link) => Show::shared(link),
            Place::Sandbox => Ok(Show::sandbox(Ensemble::of(5))),
        }
    }

    fn lesson(id: &str, param: Option<Duration>) -> Result<Show, OpenError> {
        let unknown = || OpenError::UnknownLesson(id.chars().take(60).collect());
        let files = LessonFiles::find(id).ok_or_else(unknown)?;
        let script = files.script().ok_or_else(unknown)?;
        let param =
            param.filter(|value| script.param.as_ref().is_some_and(|own| own.values().any(|each| each == *value)));
        let performance = Performance::of(&script, param).map_err(OpenError::Lesson)?;
        let (script, prose) = (Box::new(script), Box::new(files.prose()));
        Ok(Show::of(Kind::Lesson { id: files.id, script, prose, real_log: files.real_log }, performance))
    }

    /// A run as a link holds it. A function of its own, which can come after the first view.
    #[inline(never)]
    fn shared(link: &str) -> Result<Show, OpenError> {
        let history = Recording::decode(link).and_then(|recording| recording.replay()).map_err(OpenError::Link)?;
        Ok(Show::of(Kind::Run { link: link.to_string() }, run(history)))
    }

    /// An ensemble in which nothing has happened, for the reader to start.
    pub fn sandbox(ensemble: Ensemble) -> Show {
        Show::of(Kind::Sandbox, run(History::new(ensemble)))
    }

    fn of(kind: Kind, performance: Performance) -> Show {
        let history = &performance.history;
        let count = history.len();
        let faulty = !history.ensemble().rules.faults.is_empty();
        let broken = if faulty { first_broken(history, count) } else { Vec::new() };
        let stops = |index: &usize| {
            [0, count].contains(index)
                || broken.iter().any(|(at, _)| at == index)
                || history.step(*index).is_some_and(Step::is_story)
                || performance.beats.iter().any(|mark| mark.at == *index)
        };
        let story = (performance.begins()..=count).filter(stops).collect();
        let spacetime = SpaceTime::of(&performance);
        let consoles = Consoles::of(&performance.history);
        Show { kind, performance, spacetime, consoles, broken, checked: RefCell::default(), story }
    }

    /// The run.
    pub fn history(&self) -> &History {
        &self.performance.history
    }

    /// The first moment that is shown.
    pub fn begins(&self) -> usize {
        self.performance.begins()
    }

    /// Number of events.
    pub fn count(&self) -> usize {
        self.performance.history.len()
    }

    /// The world at a moment.
    pub fn world(&self, index: usize) -> Arc<World> {
        self.performance.history.world(index)
    }

    /// The next position, or the same at the end.
    pub fn after(&self, index: usize, grain: Grain) -> usize {
        match grain {
            Grain::Every => (index + 1).min(self.count()),
            Grain::Story => self.story.iter().copied().find(|at| *at > index).unwrap_or(index),
        }
    }

    /// The position before, or the same at the beginning.
    pub fn before(&self, index: usize, grain: Grain) -> usize {
        match grain {
            Grain::Every => index.saturating_sub(1).max(self.begins()),
            Grain::Story => self.story.iter().copied().rfind(|at| *at < index).unwrap_or(index),
        }
    }

    /// The first event of the next stage, or the end.
    pub fn next_stage(&self, index: usize) -> usize {
        self.performance.stages.iter().map(|stage| stage.from).find(|from| *from > index).unwrap_or(self.count())
    }

    /// The first event of this stage, of the one before when the position is there already, or the beginning.
    pub fn previous_stage(&self, index: usize) -> usize {
        self.performance.stages.iter().map(|stage| stage.from).rfind(|from| *from < index).unwrap_or(self.begins())
    }

    /// Where the address points to: the nearest moment that exists, and whether it is the very moment named.
    pub fn resolve(&self, at: &At) -> (usize, bool) {
        let beat = self.performance.find_beat(&at.beat).map(|mark| mark.at);
        let moment = beat.unwrap_or(0).saturating_add(at.offset);
        (moment.min(self.count()), moment <= self.count() && (beat.is_some() || at.beat.is_empty()))
    }

    /// How the address names a moment.
    pub fn name_of(&self, index: usize) -> At {
        match self.performance.beats.get(self.performance.beat_at(index)) {
            Some(mark) if mark.at > 0 => At { beat: mark.beat.name.clone(), offset: index - mark.at },
            _ => At { beat: String::new(), offset: index },
        }
    }

    /// What has been broken up to a moment, with the first moment of each. Without a fault the moment itself is
    /// checked as well, so that the page would show a flaw of its own engine.
    pub fn broken(&self, index: usize) -> Vec<(usize, Violation)> {
        if self.history().ensemble().rules.faults.is_empty() {
            let mut checked = self.checked.borrow_mut();
            if checked.0 != Some(index) {
                *checked = (Some(index), check_moment(self.history(), index));
            }
            return checked.1.iter().map(|violation| (index, violation.clone())).collect();
        }
        self.broken.iter().filter(|(at, _)| *at <= index).cloned().collect()
    }

    /// The place that the address names.
    pub fn place(&self) -> Place {
        match &self.kind {
            Kind::Lesson { id, .. } => Place::Lesson((*id).to_string()),
            Kind::Run { link } => Place::Run(link.clone()),
            Kind::Sandbox => Place::Sandbox,
        }
    }

    /// The link of the run that goes on from a moment with commands, one on each line, and the event after which it does.
    /// What each command sets going is given time to come to rest.
    ///
    /// # Errors
    /// When a command is not understood or cannot be carried out; lines count from 1. None is carried out then.
    pub fn with_commands(&self, index: usize, lines: &str) -> Result<(String, usize), DecodeError> {
        let mut recording = Recording::upto(self.history(), index);
        // Lines are counted from the ensemble's; here from the first that is typed.
        let mut typed_at = vec![1; recording.commands.len()];
        for (number, line) in (1..).zip(lines.lines()) {
            let mut words = Words::of(number, line);
            if words.is_empty() {
                continue;
            }
            let command = command(&mut words, &recording.ensemble).map_err(DecodeError::Line)?;
            let rests = goes_on_by_itself(&command);
            recording.commands.push(command);
            if rests {
                recording.commands.push(Command::SettleWithin(PATIENCE));
            }
            typed_at.resize(recording.commands.len(), number);
        }
        recording.replay().map_err(|error| match error {
            DecodeError::Line(error) => {
                let line = error.line.checked_sub(2).and_then(|place| typed_at.get(place)).copied().unwrap_or(1);
                DecodeError::Line(ParseError { line, ..error })
            }
            error => error,
        })?;
        let link = recording.encode();
        Recording::decode(&link).map(|_| (link, index))
    }

    /// What was typed up to a moment at a client, or to the ensemble when the name is empty. The time that each command
    /// was given was not typed by anybody.
    pub fn typed(&self, index: usize, client: &str) -> Vec<String> {
        let history = self.history();
        let line = |command: &Command| match command {
            Command::SettleWithin(PATIENCE) => None,
            Command::Client { client: name, act: ClientAct::Type(line) } => {
                (**name == *client).then(|| line.to_string())
            }
            other => client.is_empty().then(|| other.to_string()),
        };
        history.commands()[..history.commands_before(index)].iter().filter_map(line).collect()
    }

    /// The words of a lesson in one language.
    pub fn prose(&self, lang: Lang) -> Option<&Prose> {
        match &self.kind {
            Kind::Lesson { prose, .. } => Some(match lang {
                Lang::Zh => &prose.0,
                Lang::En => &prose.1,
            }),
            _ => None,
        }
    }

    /// The words of the beat that speaks about a moment.
    pub fn beat_text(&self, index: usize, lang: Lang) -> Option<&BeatText> {
        let mark = self.performance.beats.get(self.performance.beat_at(index))?;
        self.prose(lang)?.beats.iter().find(|text| text.name == mark.beat.name)
    }

    /// The question that is open at a moment.
    pub fn ask_at(&self, index: usize) -> Option<&Ask> {
        let mark = self.performance.beats.get(self.performance.beat_at(index))?;
        mark.beat.ask.as_ref()
    }

    /// The questions that are judged at the beat of a moment.
    pub fn judged_at(&self, index: usize) -> Vec<&Ask> {
        let Some(mark) = self.performance.beats.get(self.performance.beat_at(index)) else { return Vec::new() };
        self.performance
            .beats
            .iter()
            .filter(|asked| asked.at < mark.at)
            .filter_map(|asked| asked.beat.ask.as_ref())
            .filter(|ask| ask.judged.contains(&mark.beat.name))
            .collect()
    }

    /// The server that a stage begins by starting, if it does.
    pub fn started_by(&self, stage: &StageMark) -> Option<Sid> {
        self.history().step(stage.from).and_then(|step| starts(&step.cause))
    }
}

/// Whether what a command sets going comes to rest without another one. Time was asked for as it is wanted, and who
/// freezes a process or holds messages back wants to see the moment after it.
fn goes_on_by_itself(command: &Command) -> bool {
    !matches!(
        command,
        Command::Advance(_)
            | Command::Step(_)
            | Command::Settle
            | Command::SettleWithin(_)
            | Command::Until(_)
            | Command::Pause(_)
            | Command::Hold(..)
            | Command::Each(ProcessAct::Pause, _)
            | Command::Client { act: ClientAct::Pause | ClientAct::Hold(_), .. }
    )
}

/// A run without a script: each command is a stage, from its first event on.
fn run(history: History) -> Performance {
    let mut stages = Vec::new();
    let mut begin = 0;
    for (place, command) in history.commands().iter().enumerate() {
        let end = history.end_of_command(place);
        let mut stage = |name: String, index: usize| stages.push(StageMark { name, from: index + 1 });
        match command {
            // Time goes by without a word of anybody's.
            Command::Advance(_) | Command::Step(_) if end > begin => stage(command.to_string(), begin),
            _ => {
                for (index, step) in history.steps().iter().enumerate().take(end).skip(begin) {
                    if let Cause::Command(command) = &step.cause {
                        stage(command.to_string(), index);
                    }
                }
            }
        }
        begin = end;
    }
    Performance { history, stages, beats: Vec::new(), param: None }
}
