//! The rail's clients: a card for each with its session and its command line, and what may be done with it.

use super::PageProps;
use super::command_list::command_list;
use super::element::{class, click, el, key};
use super::prompt::prompt;
use crate::scene::clients::{ClientCard, ConsoleLine, Left, LineKind, SessionNow, WatchKind, clients};
use crate::show::Kind;
use crate::state::Action;
use crate::text::{Lang, Ui};
use yew::{Callback, Html, MouseEvent};
use zooscope_core::client::ClientState;
use zooscope_core::history::serves;
use zooscope_core::ids::Sid;
use zooscope_core::query::state_word;

/// The names that new clients get in turn.
const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// All clients.
pub fn client_panel(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let cards = clients(state.show.history(), &state.show.consoles, state.index);
    let views: Vec<Html> = cards.iter().map(|card| card_view(props, card)).collect();
    let empty = cards.is_empty().then(|| el!("p", "class" = "muted"; lang.ui(Ui::NoClients)));
    let branch = (state.index < state.show.count() || matches!(state.show.kind, Kind::Lesson { .. }))
        .then(|| el!("p", "class" = "muted small"; lang.ui(Ui::BranchHere)));
    el!("section", "class" = "clients", "aria-label" = lang.ui(Ui::Clients);
        empty, views, newcomer(props, &cards), ensemble_line(props), branch)
}

fn card_view(props: &PageProps, card: &ClientCard) -> Html {
    let lang = props.state.lang;
    let over = matches!(card.state, ClientState::Expired | ClientState::Closed | ClientState::AuthFailed);
    // What a process believed that is no more would only confuse.
    let badge =
        (!card.gone).then(|| el!("span", "class" = class(&["tag", client_class(card)]); state_word(card.state)));
    let title = el!("h3"; lang.client(&card.name), " ", badge, " ",
        el!("span", "class" = "muted small"; lang.client_whereabouts(card)));
    let watches: Vec<Html> = card.watches.iter().enumerate().map(|(place, (path, kind))| {
        el!("span", "class" = "tag watched"; key(place), format!("{} {path}", watch_word(*kind, lang)))
    }).collect();
    let watching = (!watches.is_empty() && !card.gone).then(|| el!("p", "class" = "small slips"; watches));
    let lines: Vec<Html> = card.lines.iter().map(|(number, line)| line_view(line, *number, lang)).collect();
    let console = (!lines.is_empty()).then(|| {
        el!("div", "class" = "lines", "role" = "group", "tabindex" = "0", "aria-label" = lang.client(&card.name); el!("ol"; lines))
    });
    // Where nothing is on its way any more, only time brings the answer.
    let hint = match () {
        () if card.paused => Ui::WaitsFrozen,
        () if props.state.index < props.state.show.count() => Ui::AnsweredLater,
        () => Ui::WaitsForAnswer,
    };
    let waiting = (card.waits && !card.gone).then(|| el!("p", "class" = "muted small"; lang.ui(hint)));
    let left = card.session_now.and_then(SessionNow::left);
    let anew = if left.is_some() { Ui::ConnectAnewWhileKept } else { Ui::ConnectAnew };
    let anew = (over && !card.gone).then(|| el!("p", "class" = "muted small"; lang.ui(anew)));
    let news = match card.session_now {
        Some(SessionNow::Over) if card.gone => Some(Ui::SessionEnded),
        Some(SessionNow::Over) if !over => Some(Ui::SessionOver),
        Some(SessionNow::Unled) if !over => Some(Ui::SessionUnled),
        _ => None,
    };
    let news = news.map(|news| el!("p", "class" = "small"; lang.ui(news)));
    let input = (!card.gone).then(|| prompt(props, &card.name, &format!("{}>", card.name)));
    let command = |label: Ui, command: String| {
        el!("button", "class" = "option quiet", "data-command" = command.clone();
            click(props.on_click(Action::Command(command))), lang.ui(label))
    };
    let name = &card.name;
    let mut acts = Vec::new();
    if !card.gone && !over {
        acts.push(match card.paused {
            true => command(Ui::ResumeClient, format!("resume {name}")),
            false => command(Ui::PauseClient, format!("pause {name}")),
        });
        acts.push(match card.cut {
            true => command(Ui::HealClient, format!("heal {name}")),
            false => command(Ui::CutClient, format!("cut {name}")),
        });
        if left.is_some() {
            acts.push(command(Ui::ExpireClient, format!("expire {name}")));
        }
        acts.push(command(Ui::CrashClient, format!("crash {name}")));
    }
    el!("section", "class" = class(&["client", client_class(card)]), "data-client-card" = card.name.to_string(),
        "data-client-state" = state_word(card.state);
        key(card.name.to_string()),
        title, left.map(|left| session_view(card, left, lang)), news, watching,
        console,
        waiting,
        anew,
        input,
        el!("div", "class" = "options"; acts))
}

/// How the session runs down in the leader's book.
fn session_view(card: &ClientCard, left: Left, lang: Lang) -> Html {
    let whole = left.most.0.max(1);
    let width = (left.left.0.min(whole) * 100 / whole) as i32;
    el!("div", "class" = "session", "data-session" = card.session.to_string(), "data-left" = left.left.as_millis();
        el!("span", "class" = "small"; lang.session_left(card.session, left)),
        el!("svg", "class" = "bar", "viewBox" = "0 0 100 8", "preserveAspectRatio" = "none", "aria-hidden" = "true";
            el!("rect", "class" = "ground", "width" = "100", "height" = "8"),
            el!("rect", "class" = "fill", "width" = width, "height" = "8")))
}

fn line_view(line: &ConsoleLine, number: usize, lang: Lang) -> Html {
    let (kind, text) = match &line.kind {
        LineKind::Typed => ("typed", format!("> {}", line.text)),
        LineKind::Printed => ("printed", line.text.to_string()),
        LineKind::Error => ("printed error", line.text.to_string()),
        LineKind::ReplyTooLong { length } => ("printed note", lang.reply_too_long(*length)),
        LineKind::NobodyAt { known } => ("printed note", lang.nobody_at(&line.text, known)),
    };
    el!("li", "class" = kind, "data-line" = line.index; key(number), text)
}

/// A new client at a server that serves.
fn newcomer(props: &PageProps, cards: &[ClientCard]) -> Option<Html> {
    let state = &props.state;
    let lang = state.lang;
    let world = state.show.world(state.index);
    let name = NAMES.iter().find(|name| !cards.iter().any(|card| *card.name == ***name))?;
    let serving: Vec<Sid> = world.ensemble().servers().filter(|sid| serves(&world, *sid)).collect();
    let all: Vec<Sid> = world.ensemble().servers().collect();
    let button = |sid: &Sid| {
        // It knows the others too, and goes on to the next when this one is gone.
        let order = all.iter().cycle().skip_while(|other| *other != sid).take(all.len());
        let list: Vec<String> = order.map(Sid::to_string).collect();
        let command = format!("client {name} connect {}", list.join(","));
        let (typing, act) = (state.typing.clone(), props.act.clone());
        let connect = Callback::from(move |_: MouseEvent| {
            typing.go_on_at(name);
            act.emit(Action::Command(command.clone()));
        });
        el!("button", "class" = "option", "data-connect" = *sid;
            key(usize::from(sid.0)), click(connect), sid.to_string())
    };
    let buttons: Vec<Html> = serving.iter().map(button).collect();
    let ahead = buttons.is_empty() && state.index < state.show.count();
    let to_end = ahead.then(|| {
        el!("button", "class" = "option", "data-go-to-end" = "true"; click(props.on_click(Action::Seek(state.show.count()))), lang.ui(Ui::GoToEnd))
    });
    let label = match buttons.is_empty() {
        true if ahead => lang.ui(Ui::NobodyServesHere).to_string(),
        true => lang.ui(Ui::NobodyServes).to_string(),
        false => lang.new_client(name),
    };
    Some(
        el!("div", "class" = "newcomer"; el!("p", "class" = "small"; label), el!("div", "class" = "options"; buttons, to_end)),
    )
}

/// A line for commands to the ensemble.
fn ensemble_line(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let unfolded = props.state.typing.unfolded.clone();
    let open = unfolded.get().then_some("");
    // A press, by the keyboard too, comes before the browser folds or unfolds.
    let fold = Callback::from(move |_: MouseEvent| unfolded.set(!unfolded.get()));
    el!("details", "class" = "commands", "open" = open; el!("summary"; click(fold), lang.ui(Ui::EnsembleCommands)),
        prompt(props, "", "$"),
        el!("p", "class" = "muted small"; lang.ui(Ui::CommandExamples)),
        el!("details", "class" = "small"; el!("summary"; lang.ui(Ui::AllCommands)), command_list(lang)))
}

/// The class that gives a client's state its colour.
pub fn client_class(card: &ClientCard) -> &'static str {
    match card.state {
        _ if card.gone => "ended",
        ClientState::SyncConnected => "connected",
        ClientState::Connecting | ClientState::Disconnected => "waiting",
        ClientState::Expired | ClientState::AuthFailed | ClientState::Closed => "ended",
    }
}

fn watch_word(kind: WatchKind, lang: Lang) -> &'static str {
    match kind {
        WatchKind::Data => lang.pick("监听数据", "watches data of"),
        WatchKind::Exist => lang.pick("监听是否出现", "watches for"),
        WatchKind::Child => lang.pick("监听子节点", "watches children of"),
        WatchKind::Persistent => lang.pick("持久监听", "watches for good"),
        WatchKind::Recursive => lang.pick("持久递归监听", "watches for good, below"),
    }
}
