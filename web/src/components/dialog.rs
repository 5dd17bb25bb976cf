//! What lies over the page: help, the link to this moment, the faults, the menu of a phone, its diagram.

use super::command_list::command_list;
use super::element::{click, el, list, pairs};
use super::faults::fault_switches;
use super::story::{address, title};
use super::{PageProps, Timeline};
use crate::catalog::{LESSONS, LessonFiles};
use crate::persist;
use crate::route::Place;
use crate::state::{Action, Dialog};
use crate::text::{Lang, Ui};
use yew::prelude::*;

/// The element that takes the focus when a dialog opens.
pub const DIALOG: &str = "dialog";

/// The dialog that is open, if one is.
pub fn dialog(props: &PageProps) -> Html {
    match props.state.dialog {
        None | Some(Dialog::Rail) => list(Vec::new()),
        Some(open) => opened(props, open),
    }
}

/// A dialog. A function of its own, which can come after the first view.
#[inline(never)]
fn opened(props: &PageProps, dialog: Dialog) -> Html {
    let lang = props.state.lang;
    let (name, body) = match dialog {
        Dialog::Rail => return list(Vec::new()),
        Dialog::Help => (lang.ui(Ui::Help), help(props)),
        Dialog::Share => (lang.ui(Ui::Share), share_box(props)),
        Dialog::Menu => (lang.ui(Ui::More), menu(props)),
        Dialog::Lessons => (lang.ui(Ui::Lessons), el!("div", "class" = "menu"; lessons(props))),
        Dialog::Faults => (lang.ui(Ui::Faults), fault_switches(props)),
        Dialog::Diagram => {
            let timeline = html! { <Timeline state={props.state.clone()} act={props.act.clone()} /> };
            (lang.ui(Ui::Diagram), el!("div", "class" = "sheet-diagram", "tabindex" = "0"; timeline))
        }
    };
    let close = props.act.reform(|_: MouseEvent| Action::Dialog(None));
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    let header = el!("header";
        el!("h2"; name),
        el!("button", "class" = "close", "aria-label" = lang.ui(Ui::Close); click(close.clone()), "×"));
    el!("div", "class" = "backdrop"; click(close),
        el!("section", "id" = DIALOG, "class" = "dialog", "role" = "dialog", "aria-modal" = "true", "aria-label" = name, "tabindex" = "-1";
            click(stay), header, body))
}

/// Opens the link to this moment, and copies it where the browser allows that.
pub fn share(props: &PageProps) -> Callback<MouseEvent> {
    let (state, act) = (props.state.clone(), props.act.clone());
    Callback::from(move |_: MouseEvent| {
        let (link, act) = (persist::link(&state.route()), act.clone());
        act.emit(Action::Dialog(Some(Dialog::Share)));
        yew::platform::spawn_local(async move { act.emit(Action::Copied(persist::copy(&link).await)) });
    })
}

fn share_box(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let link = persist::link(&props.state.route());
    let shown = link.clone();
    let told = match props.state.copied {
        Some(true) => lang.ui(Ui::Copied),
        Some(false) => lang.ui(Ui::CopyFailed),
        None => "",
    };
    let select = Callback::from(|event: FocusEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        input.select();
    });
    list(vec![
        el!("p", "role" = "status"; told),
        html! {
            <input class="link-box" readonly=true data-share-link={link.clone()} value={shown} onfocus={select}
                aria-label={lang.ui(Ui::Share)} />
        },
    ])
}

fn menu(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let theme = props.act.reform(|_: MouseEvent| Action::ToggleTheme(persist::is_dark()));
    let open = |dialog: Dialog| click(props.on_click(Action::Dialog(Some(dialog))));
    el!("div", "class" = "menu";
        el!("button", "class" = "button primary", "data-action" = "share"; click(share(props)), lang.ui(Ui::Share)),
        el!("a", "class" = "button", "href" = address(Place::Sandbox, lang);
            click(props.on_click(Action::Dialog(None))), lang.ui(Ui::YourTurn)),
        lessons(props),
        el!("button", "class" = "button", "data-action" = "theme"; click(theme), lang.ui(Ui::ThemeLabel)),
        el!("button", "class" = "button", "data-action" = "help"; open(Dialog::Help), lang.ui(Ui::Help)))
}

/// The lessons as links.
fn lessons(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let lesson = |files: &LessonFiles| {
        let place = Place::Lesson(files.id.to_string());
        let here = props.state.show.place() == place;
        el!("a", "class" = "button", "href" = address(place, lang), "aria-current" = here.then_some("page");
            click(props.on_click(Action::Dialog(None))), title(files.id, lang))
    };
    list(LESSONS.iter().map(lesson).collect())
}

fn help(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let keys = [
        ("← →", Ui::KeyStep),
        ("⇧← ⇧→", Ui::KeyStage),
        (lang.ui(Ui::Space), Ui::KeyPlay),
        ("Home End", Ui::KeyEnds),
        ("1 … 9", Ui::KeySelect),
        ("l", Ui::KeyLanguage),
        ("t", Ui::KeyTheme),
        ("d", Ui::KeyGrain),
        ("p", Ui::KeyProjector),
        ("?", Ui::KeyHelp),
    ];
    let keys = keys.into_iter().map(|(key, label)| (el!("kbd"; key), lang.ui(label))).collect();
    let terms = terms(lang).into_iter().map(|(term, meaning)| (el!("span"; term), meaning)).collect();
    let heading = |label: Ui| el!("h3"; lang.ui(label));
    let switch = |checked: bool, action: Action, label: Ui| {
        let change = props.act.reform(move |_: Event| action.clone());
        html! { <label class="switch"><input type="checkbox" {checked} onchange={change} />{ lang.ui(label) }</label> }
    };
    el!("div", "class" = "help";
        heading(Ui::Lessons), el!("div", "class" = "menu"; lessons(props)),
        heading(Ui::Keys), pairs(keys),
        switch(state.letter_keys, Action::ToggleLetterKeys, Ui::LetterKeys),
        switch(state.projector, Action::ToggleProjector, Ui::Projector),
        heading(Ui::EnsembleCommands), el!("p"; lang.ui(Ui::CommandsWhere)),
        command_list(lang),
        heading(Ui::Terms), pairs(terms),
        heading(Ui::SimplifiedShort), el!("p"; lang.ui(Ui::Simplified)))
}

fn terms(lang: Lang) -> [(&'static str, &'static str); 7] {
    lang.pick(
        [
            ("LOOKING / FOLLOWING / LEADING", "正在寻找 Leader / 跟随者 / 领导者"),
            ("过半 quorum", "多于一半的有投票权的服务器"),
            ("轮次 round", "一台服务器经历的第几次选举，只在内存里"),
            ("纪元 epoch", "Leader 的任期，写在磁盘上；与轮次不是一回事"),
            ("zxid", "事务编号，写作“纪元.序号”；越大数据越新"),
            ("全场统计", "旁观者看到的：每台服务器现在投谁"),
            ("旧票 stale", "表里的一票，它的发送者现在已经不这么说了"),
        ],
        [
            ("LOOKING / FOLLOWING / LEADING", "searching for a leader / following it / being it"),
            ("quorum", "more than half of the servers that vote"),
            ("round", "the number of an election as one server counts it, in memory only"),
            ("epoch", "the reign of a leader, kept on disk; not the same as a round"),
            ("zxid", "the number of a transaction, written epoch.counter; larger is fresher"),
            ("classroom tally", "what an all-seeing observer counts: whom each server votes for now"),
            ("stale vote", "an entry whose sender no longer says so"),
        ],
    )
}
