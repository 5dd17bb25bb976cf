//! The top bar: where we are, and what concerns the whole page.

use super::PageProps;
use super::story::{address, title};
use crate::persist;
use crate::route::Place;
use crate::state::{Action, Dialog};
use crate::text::Ui;
use yew::prelude::*;

/// The bar.
pub fn top_bar(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let place = state.show.place();
    let here = match &place {
        Place::Lesson(id) => title(id, lang),
        Place::Run(_) => lang.ui(Ui::SharedRun).to_string(),
        Place::Sandbox => lang.ui(Ui::YourTurn).to_string(),
    };
    let theme = props.act.reform(|_: MouseEvent| Action::ToggleTheme(persist::is_dark()));
    html! {
        <header class="top">
            <a class="home" href={address(Place::Lesson(crate::catalog::FLAGSHIP.into()), lang)}>
                <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M16 4 L28 13 L23 27 L9 27 L4 13 Z" />
                    <circle class="one" cx="16" cy="4" r="4" /><circle cx="28" cy="13" r="3" /><circle cx="23" cy="27" r="3" /><circle cx="9" cy="27" r="3" /><circle cx="4" cy="13" r="3" />
                </svg>
                <strong class="brand">{ "ZooScope" }</strong>
            </a>
            <p class="crumbs">
                <span class="muted wide">{ format!("{} › {} › ", lang.ui(Ui::Course), lang.ui(Ui::Inside)) }</span>
                <strong>{ here }</strong>
            </p>
            <nav class="tools">
                if place != Place::Sandbox {
                    <a class="button wide-only" href={address(Place::Sandbox, lang)}>{ lang.ui(Ui::YourTurn) }</a>
                }
                if place != Place::Sandbox {
                    <button class="button primary wide-only" data-action="share" onclick={props.on_click(Action::Dialog(Some(Dialog::Share)))}>{ lang.ui(Ui::Share) }</button>
                }
                <button class="button" data-action="language" lang={lang.other().html()} onclick={props.on_click(Action::ToggleLanguage)} aria-label={lang.ui(Ui::Language)}>{ lang.pick("EN", "中文") }</button>
                <button class="button wide-only" data-action="theme" onclick={theme} aria-label={lang.ui(Ui::ThemeLabel)}><span aria-hidden="true">{ "◐" }</span></button>
                <button class="button wide-only" data-action="help" onclick={props.on_click(Action::Dialog(Some(Dialog::Help)))} aria-label={lang.ui(Ui::Help)}><span aria-hidden="true">{ "?" }</span></button>
                <button class="button phone-only" data-action="menu" onclick={props.on_click(Action::Dialog(Some(Dialog::Menu)))} aria-label={lang.ui(Ui::More)}><span aria-hidden="true">{ "⋯" }</span></button>
            </nav>
        </header>
    }
}
