//! The keyboard: one table of shortcuts.

use crate::state::{Action, AppState, Dialog, Selected, Tab};
use zooscope_core::ids::Sid;

/// A key as the page sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Ctrl, Alt or Meta is held: such keys belong to the browser.
    pub command: bool,
    /// What has the focus.
    pub focus: Focus,
}

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nothing in particular.
    Nothing,
    /// A button, a link or anything else that space and Enter belong to.
    Control,
    /// A tab, a slider: arrows belong to it.
    Arrows,
    /// A text field: everything belongs to it.
    Text,
}

/// What a key does, if anything. `dark` says whether the page is dark now.
pub fn action(key: &Key<'_>, state: &AppState, dark: bool) -> Option<Action> {
    if key.command {
        return None;
    }
    if key.name == "Escape" {
        return match (state.dialog, state.selected) {
            (Some(_), _) => Some(Action::Dialog(None)),
            (None, Some(_)) => Some(Action::Select(None)),
            (None, None) => None,
        };
    }
    // A dialog keeps all other keys to itself.
    if key.focus == Focus::Text || state.dialog.is_some_and(|dialog| dialog != Dialog::Rail) {
        return None;
    }
    let arrows = key.focus != Focus::Arrows;
    match key.name {
        "ArrowRight" if arrows && key.shift => Some(Action::StageForward),
        "ArrowLeft" if arrows && key.shift => Some(Action::StageBack),
        "ArrowRight" if arrows => Some(Action::StepForward),
        "ArrowLeft" if arrows => Some(Action::StepBack),
        "Home" if arrows => Some(Action::Seek(0)),
        "End" if arrows => Some(Action::End),
        " " if key.focus == Focus::Nothing => Some(if state.playing { Action::Pause } else { Action::Play }),
        name if state.letter_keys => letter(name, state, dark),
        _ => None,
    }
}

fn letter(name: &str, state: &AppState, dark: bool) -> Option<Action> {
    match name {
        "l" => Some(Action::ToggleLanguage),
        "t" => Some(Action::ToggleTheme(dark)),
        "d" => Some(Action::ToggleGrain),
        "p" => Some(Action::ToggleProjector),
        "/" if state.has_clients() => Some(Action::Tab(Tab::Clients)),
        "?" => Some(Action::Dialog(Some(Dialog::Help))),
        _ => {
            let sid = name.parse::<u8>().ok().map(Sid)?;
            let known = state.show.history().ensemble().members.contains_key(&sid);
            known.then_some(Action::Select(Some(Selected::Server(sid))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;
    use crate::text::Lang;

    #[test]
    fn a_field_with_the_focus_keeps_its_keys() {
        let state = AppState::at(Route::parse(""), Lang::En);
        let press = |name, focus| action(&Key { name, shift: false, command: false, focus }, &state, false);
        assert_eq!(press("ArrowRight", Focus::Nothing), Some(Action::StepForward));
        assert_eq!(press("ArrowRight", Focus::Control), Some(Action::StepForward));
        assert_eq!(press("ArrowRight", Focus::Arrows), None);
        assert_eq!(press("l", Focus::Text), None);
        assert_eq!(press(" ", Focus::Control), None);
        assert_eq!(press(" ", Focus::Nothing), Some(Action::Play));
        assert_eq!(press("9", Focus::Nothing), None, "there is no server 9");
        assert_eq!(press("3", Focus::Nothing), Some(Action::Select(Some(Selected::Server(Sid(3))))));
        let quiet = AppState { letter_keys: false, ..state };
        assert_eq!(
            action(&Key { name: "l", shift: false, command: false, focus: Focus::Nothing }, &quiet, false),
            None
        );
    }
}
