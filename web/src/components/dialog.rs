//! What lies over the page: help, the link to this moment, the menu of a phone, its diagram.

use super::story::{address, title};
use super::{PageProps, Timeline};
use crate::catalog::LESSONS;
use crate::persist;
use crate::route::Place;
use crate::state::{Action, Dialog};
use crate::text::{Lang, Ui};
use yew::prelude::*;

/// The dialog that is open, if one is.
#[component]
pub fn DialogView(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let panel = use_node_ref();
    {
        let panel = panel.clone();
        use_effect_with(state.dialog, move |dialog| {
            if dialog.is_some_and(|dialog| dialog != Dialog::Rail)
                && let Some(panel) = panel.cast::<web_sys::HtmlElement>()
            {
                // A dialog takes the focus, so that the keyboard goes on from there.
                let _ = panel.focus();
            }
        });
    }
    let (name, body) = match state.dialog {
        None | Some(Dialog::Rail) => return html! {},
        Some(Dialog::Help) => (lang.ui(Ui::Help), help(props)),
        Some(Dialog::Share) => {
            (lang.ui(Ui::Share), html! { <ShareBox state={state.clone()} act={props.act.clone()} /> })
        }
        Some(Dialog::Menu) => (lang.ui(Ui::More), menu(props)),
        Some(Dialog::Diagram) => (
            lang.ui(Ui::Diagram),
            html! { <div class="sheet-diagram"><Timeline state={state.clone()} act={props.act.clone()} /></div> },
        ),
    };
    let close = props.act.reform(|_: MouseEvent| Action::Dialog(None));
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    html! {
        <div class="backdrop" onclick={close.clone()}>
            <section ref={panel} class="dialog" role="dialog" aria-modal="true" aria-label={name} tabindex="-1" onclick={stay}>
                <header><h2>{ name }</h2><button class="close" aria-label={lang.ui(Ui::Close)} onclick={close}>{ "×" }</button></header>
                { body }
            </section>
        </div>
    }
}

/// The link to this moment; it is copied at once where the browser allows it.
#[component]
fn ShareBox(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let copied = use_state(|| None::<bool>);
    let link = persist::link(&props.state.route());
    {
        let (copied, link) = (copied.clone(), link.clone());
        use_effect_with((), move |()| {
            yew::platform::spawn_local(async move { copied.set(Some(persist::copy(&link).await)) });
        });
    }
    let told = match *copied {
        Some(true) => lang.ui(Ui::Copied),
        Some(false) => lang.ui(Ui::CopyFailed),
        None => "",
    };
    let select = Callback::from(|event: FocusEvent| {
        let input: web_sys::HtmlInputElement = event.target_unchecked_into();
        input.select();
    });
    html! {
        <>
            <p role="status">{ told }</p>
            <input class="link-box" readonly=true data-share-link="true" value={link} onfocus={select} aria-label={lang.ui(Ui::Share)} />
        </>
    }
}

fn menu(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let theme = props.act.reform(|_: MouseEvent| Action::ToggleTheme(persist::is_dark()));
    html! {
        <div class="menu">
            <button class="button primary" onclick={props.on_click(Action::Dialog(Some(Dialog::Share)))}>{ lang.ui(Ui::Share) }</button>
            <a class="button" href={address(Place::Sandbox, lang)} onclick={props.on_click(Action::Dialog(None))}>{ lang.ui(Ui::YourTurn) }</a>
            { lessons(props) }
            <button class="button" onclick={theme}>{ lang.ui(Ui::ThemeLabel) }</button>
            <button class="button" onclick={props.on_click(Action::Dialog(Some(Dialog::Help)))}>{ lang.ui(Ui::Help) }</button>
        </div>
    }
}

/// The lessons as links.
fn lessons(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let lesson = |id: &'static str| {
        let here = props.state.show.place() == Place::Lesson(id.to_string());
        html! {
            <a class="button" href={address(Place::Lesson(id.into()), lang)} aria-current={here.then_some("page")}
                onclick={props.on_click(Action::Dialog(None))}>{ title(id, lang) }</a>
        }
    };
    html! { <>{ for LESSONS.iter().map(|files| lesson(files.id)) }</> }
}

fn help(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let keys = [
        ("→ ←", Ui::KeyStep),
        ("⇧→ ⇧←", Ui::KeyStage),
        (lang.ui(Ui::Space), Ui::KeyPlay),
        ("Home End", Ui::KeyEnds),
        ("1 … 9", Ui::KeySelect),
        ("l", Ui::KeyLanguage),
        ("t", Ui::KeyTheme),
        ("d", Ui::KeyGrain),
        ("p", Ui::KeyProjector),
        ("?", Ui::KeyHelp),
    ];
    let key = |(key, label): &(&str, Ui)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ lang.ui(*label) }</dd></> };
    let term = |(term, meaning): &(&str, &str)| html! { <><dt>{ term }</dt><dd>{ meaning }</dd></> };
    html! {
        <div class="help">
            <h3>{ lang.ui(Ui::Lessons) }</h3>
            <div class="menu">{ lessons(props) }</div>
            <h3>{ lang.ui(Ui::Keys) }</h3>
            <dl>{ for keys.iter().map(key) }</dl>
            <label class="switch"><input type="checkbox" checked={state.letter_keys} onchange={props.act.reform(|_: Event| Action::ToggleLetterKeys)} />{ lang.ui(Ui::LetterKeys) }</label>
            <label class="switch"><input type="checkbox" checked={state.projector} onchange={props.act.reform(|_: Event| Action::ToggleProjector)} />{ lang.ui(Ui::Projector) }</label>
            <h3>{ lang.ui(Ui::Terms) }</h3>
            <dl>{ for terms(lang).iter().map(term) }</dl>
            <h3>{ lang.ui(Ui::SimplifiedShort) }</h3>
            <p>{ lang.ui(Ui::Simplified) }</p>
        </div>
    }
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
