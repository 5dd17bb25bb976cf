//! What the page knows, and how each action changes it. No DOM in here.

mod action;
mod settings;
mod typing;

pub use action::Action;
pub use settings::{Speed, Theme};
pub use typing::{Typed, Typing};

use crate::route::{Place, Route};
use crate::scene::ring::{EnvelopeId, envelopes_of};
use crate::show::{Grain, Kind, OpenError, SharedShow, Show};
use crate::text::Lang;
use litemap::LiteMap;
use std::rc::Rc;
use yew::Reducible;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::ids::Sid;
use zooscope_core::query::leader;
use zooscope_core::recording::{DecodeError, Recording, TRACE_VERSION};
use zooscope_core::rules::Fault;
use zooscope_core::sim::Command;
use zooscope_core::time::Duration;

/// What the rail shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The clients and their command lines.
    Clients,
    /// Every server's tree.
    Tree,
    /// The classroom tally and what each server knows.
    Ballots,
    /// Every server's log.
    Log,
    /// What is on its way.
    Messages,
    /// Everything that happened.
    Trace,
    /// The log of a real ensemble.
    RealLog,
}

/// What is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selected {
    /// A server.
    Server(Sid),
    /// Something on its way.
    Message(EnvelopeId),
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Keys and words.
    Help,
    /// The link to this moment.
    Share,
    /// The rail, on a phone.
    Rail,
    /// The diagram, on a phone.
    Diagram,
    /// Everything that does not fit the top bar of a phone.
    Menu,
    /// The switches of the faults.
    Faults,
    /// The lessons.
    Lessons,
}

/// Something the reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The address names nothing here.
    UnknownAddress,
    /// Something cannot be opened.
    CannotOpen(OpenError),
    /// The link was made by another version of the engine.
    OtherVersion(u8),
    /// The address names a moment that this run does not have.
    NoSuchMoment,
    /// A command is not understood, or cannot be carried out.
    Command(DecodeError),
    /// With a fault switched the run never comes to where this command of it can be carried out.
    CannotSwitch(String),
}

/// What a reader who put a run together expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction(pub Option<Sid>);

/// Everything the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct AppState {
    /// The language.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// Whether everything is large.
    pub projector: bool,
    /// Which steps are stopped at.
    pub grain: Grain,
    /// Whether single letters are keys.
    pub letter_keys: bool,
    /// Whether the page lives in another page.
    pub embed: bool,
    /// What is on stage.
    pub show: SharedShow,
    /// The position: number of events that have happened.
    pub index: usize,
    /// The position before, for the flight of the messages.
    pub came_from: usize,
    /// The furthest position visited. Nothing beyond it is given away.
    pub furthest: usize,
    /// Whether the page plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// What the rail shows.
    pub tab: Tab,
    /// What is selected.
    pub selected: Option<Selected>,
    /// What lies over the page.
    pub dialog: Option<Dialog>,
    /// Whether the link was copied, once it was tried.
    pub copied: Option<bool>,
    /// Answers given, by question; an empty answer was skipped.
    pub answers: LiteMap<String, String>,
    /// Something the reader should know.
    pub notice: Option<Notice>,
    /// What is typed into command lines.
    pub typing: Typing,
    /// Settings of the lesson's parameter that were tried to the end, and who led.
    pub trials: LiteMap<Duration, Option<Sid>>,
    /// What was expected of the run on stage.
    pub prediction: Option<Prediction>,
}

impl AppState {
    /// The page at an address.
    pub fn at(route: Option<Route>, lang: Lang) -> AppState {
        let show = SharedShow(Rc::new(Show::sandbox(Ensemble::of(5))));
        let mut state = AppState {
            lang,
            theme: Theme::System,
            projector: false,
            grain: Grain::Story,
            letter_keys: true,
            embed: false,
            show,
            index: 0,
            came_from: 0,
            furthest: 0,
            playing: false,
            speed: Speed::Normal,
            tab: Tab::Ballots,
            selected: None,
            dialog: None,
            copied: None,
            answers: LiteMap::new(),
            notice: None,
            typing: Typing::default(),
            trials: LiteMap::new(),
            prediction: None,
        };
        match route {
            Some(route) => state.open(route),
            None => {
                state.open(Route::to(Place::Lesson(crate::catalog::FLAGSHIP.to_string())));
                state.notice = Some(Notice::UnknownAddress);
            }
        }
        state
    }

    /// The address of this moment.
    pub fn route(&self) -> Route {
        Route {
            place: self.show.place(),
            lang: Some(self.lang),
            at: self.show.name_of(self.index),
            param: self.show.performance.param,
            version: Some(TRACE_VERSION),
        }
    }

    fn open(&mut self, route: Route) {
        if let Some(lang) = route.lang {
            self.lang = lang;
        }
        self.notice = None;
        let same = self.show.place() == route.place
            && self.show.performance.param == route.param.or(self.show.performance.param);
        if !same || self.show.count() == 0 {
            match Show::open(&route.place, route.param) {
                Ok(show) => {
                    self.put_on(show);
                    self.prediction = None;
                    self.answers.clear();
                    self.trials.clear();
                }
                Err(error) => {
                    // Nothing is lost: what was on stage stays, and the flagship opens when nothing was.
                    if self.show.count() == 0 {
                        self.open(Route::to(Place::Lesson(crate::catalog::FLAGSHIP.to_string())));
                    }
                    self.notice = Some(Notice::CannotOpen(error));
                    return;
                }
            }
        }
        if let Some(version) = route.version.filter(|version| *version != TRACE_VERSION) {
            self.notice = Some(Notice::OtherVersion(version));
        }
        let (target, exact) = self.show.resolve(&route.at);
        if !exact && self.notice.is_none() {
            self.notice = Some(Notice::NoSuchMoment);
        }
        self.go(target);
        self.came_from = self.index;
    }

    fn put_on(&mut self, show: Show) {
        self.grain = if matches!(show.kind, Kind::Lesson { .. }) { self.grain } else { Grain::Story };
        self.show = SharedShow(Rc::new(show));
        self.index = self.show.begins();
        self.came_from = self.index;
        self.furthest = self.index;
        self.playing = false;
        self.selected = None;
        self.typing.refused = None;
        let clients = self.show.history().latest().clients().next().is_some();
        self.tab = if clients { Tab::Clients } else { Tab::Ballots };
    }

    fn go(&mut self, index: usize) {
        let index = index.clamp(self.show.begins(), self.show.count());
        if index > self.index {
            self.skip_questions(index);
        }
        self.came_from = self.index;
        self.index = index;
        self.furthest = self.furthest.max(index);
        if let Some(Selected::Message(id)) = self.selected {
            let gone = !envelopes_of(&self.show.world(index)).any(|known| known == id);
            if gone {
                self.selected = None;
            }
        }
        if index == self.show.count() {
            self.playing = false;
            if let Some(param) = self.show.performance.param {
                self.trials.insert(param, leader(&self.show.world(index)));
            }
        }
    }

    /// A question that is passed without an answer counts as skipped.
    fn skip_questions(&mut self, target: usize) {
        let passed = self.show.performance.beats.iter().filter(|mark| mark.at >= self.index && mark.at < target);
        let open: Vec<String> = passed
            .chain(self.show.performance.beats.get(self.show.performance.beat_at(self.index)))
            .filter_map(|mark| mark.beat.ask.as_ref())
            .filter(|ask| self.show.performance.judged_at(ask).is_some_and(|at| at <= target))
            .map(|ask| ask.name.clone())
            .collect();
        for ask in open {
            self.answers.entry(ask).or_default();
        }
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::StepForward => self.walk(self.show.after(self.index, self.grain)),
            Action::StepBack => self.walk(self.show.before(self.index, self.grain)),
            Action::StageForward => self.walk(self.show.next_stage(self.index)),
            Action::StageBack => self.walk(self.show.previous_stage(self.index)),
            Action::Seek(index) => self.walk(index),
            Action::End => self.walk(self.show.count()),
            Action::Play => {
                if self.index == self.show.count() {
                    self.go(0);
                    self.came_from = self.index;
                }
                self.playing = self.show.count() > 0;
            }
            Action::Pause => self.playing = false,
            Action::Tick => self.tick(),
            Action::Speed(speed) => self.speed = speed,
            Action::ToggleGrain => {
                self.grain = match self.grain {
                    Grain::Story => Grain::Every,
                    Grain::Every => Grain::Story,
                }
            }
            Action::ToggleLanguage => self.lang = self.lang.other(),
            Action::ToggleTheme(dark) => self.theme = if dark { Theme::Light } else { Theme::Dark },
            Action::ToggleProjector => self.projector = !self.projector,
            Action::ToggleLetterKeys => self.letter_keys = !self.letter_keys,
            Action::Select(selected) => self.selected = if self.selected == selected { None } else { selected },
            Action::Tab(tab) => self.tab = tab,
            Action::Copied(copied) => self.copied = Some(copied),
            Action::Dialog(dialog) => {
                self.dialog = dialog;
                self.copied = None;
                self.playing &= dialog.is_none();
            }
            Action::Answer { ask, option } => {
                self.answers.insert(ask, option);
            }
            Action::Param(value) => self.set_param(value),
            Action::Open(route) => self.open(route),
            Action::OpenUnknown => self.notice = Some(Notice::UnknownAddress),
            Action::SandboxSize(servers) => {
                let rules = self.show.history().ensemble().rules.clone();
                self.put_on(Show::sandbox(Ensemble { rules, ..Ensemble::of(servers) }));
            }
            Action::Fault(fault) => self.switch_fault(fault),
            Action::Predict(link, prediction) => {
                self.open(Route::to(Place::Run(link)));
                self.prediction = Some(prediction);
            }
            Action::Command(lines) => self.command(&lines, None),
            Action::Typed(typed) => self.command(&typed.commands(), Some(typed)),
            Action::Dismiss => self.notice = None,
        }
    }

    fn walk(&mut self, index: usize) {
        self.playing = false;
        self.go(index);
    }

    /// What is wrong with what was typed in a client's field, or in the ensemble's: it is told beside the field.
    pub fn mistake_at(&self, client: &str) -> Option<&Notice> {
        let mistake = self.notice.as_ref().filter(|notice| matches!(notice, Notice::Command(_)))?;
        self.typing.refused_at(client).map(|_| mistake)
    }

    /// What is told above everything, because it is not told beside a field that can be seen.
    pub fn notice_on_top(&self) -> Option<&Notice> {
        let typed = self.typing.refused.as_ref().filter(|_| self.tab == Tab::Clients);
        let beside = typed.is_some_and(|typed| self.mistake_at(&typed.client).is_some());
        self.notice.as_ref().filter(|_| !beside)
    }

    /// Whether clients have anything to do here: a lesson without them has no use for their tabs.
    pub fn has_clients(&self) -> bool {
        match &self.show.kind {
            Kind::Lesson { .. } => self.show.history().latest().clients().next().is_some(),
            Kind::Run { .. } => true,
            Kind::Sandbox => false,
        }
    }

    /// Commands are carried out at the moment that is shown, and the run goes on from there: what came after it
    /// belongs to the run that was, which the back button brings back.
    fn command(&mut self, lines: &str, typed: Option<Typed>) {
        match self.show.with_commands(self.index, lines) {
            Ok((link, from)) => {
                let tab = self.tab;
                self.open(Route::to(Place::Run(link)));
                self.tab = tab;
                if self.notice.is_none() {
                    self.go(from);
                    self.go(self.show.count());
                }
            }
            Err(error) => {
                self.notice = Some(Notice::Command(error));
                self.typing.refuse(typed);
            }
        }
    }

    /// Playing stops at an open question, for the show of hands.
    fn tick(&mut self) {
        if !self.playing {
            return;
        }
        self.go(self.show.after(self.index, self.grain));
        let open = self.show.ask_at(self.index).is_some_and(|ask| !self.answers.contains_key(&ask.name));
        let at_beat = self.show.performance.beats.iter().any(|mark| mark.at == self.index);
        if open && at_beat {
            self.playing = false;
        }
    }

    fn set_param(&mut self, value: Duration) {
        if let Ok(show) = Show::open(&self.show.place(), Some(value)) {
            self.vary(show);
        }
    }

    /// The same commands with other rules. Where they cannot all be carried out any more, nothing changes.
    fn switch_fault(&mut self, fault: Fault) {
        let mut recording = Recording::of(self.show.history());
        recording.ensemble.rules.faults.toggle(fault);
        let show = match self.show.kind {
            Kind::Sandbox => Ok(Show::sandbox(recording.ensemble.clone())),
            _ => Show::open(&Place::Run(recording.encode()), None),
        };
        self.notice = match show {
            Ok(show) => {
                self.vary(show);
                None
            }
            Err(OpenError::Link(DecodeError::Line(error))) => {
                // The configuration is line 1.
                let command = error.line.checked_sub(2).and_then(|index| recording.commands.get(index));
                Some(Notice::CannotSwitch(command.map(Command::to_string).unwrap_or_default()))
            }
            Err(error) => Some(Notice::CannotOpen(error)),
        };
    }

    /// Another setting is another run: it begins where the old one stood, as far as it goes, and is looked at in
    /// the same way.
    fn vary(&mut self, show: Show) {
        let (at, at_end) = (self.show.name_of(self.index), self.index == self.show.count());
        let (tab, grain) = (self.tab, self.grain);
        self.put_on(show);
        (self.tab, self.grain) = (tab, grain);
        self.go(if at_end { self.show.count() } else { self.show.resolve(&at).0 });
        self.came_from = self.index;
    }
}

impl Reducible for AppState {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        if next == *self { self } else { Rc::new(next) }
    }
}

#[cfg(test)]
mod tests;
