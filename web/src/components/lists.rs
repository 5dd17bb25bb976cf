//! Lists in the rail: what is on its way, and what has happened.

use super::PageProps;
use super::element::{click, el, key};
use crate::scene::ring::EnvelopeId;
use crate::state::{Action, Selected};
use crate::text::{Lang, Ui};
use yew::Html;
use zooscope_core::describe;
use zooscope_core::effects::Message;
use zooscope_core::session::{ToClient, ToServer};
use zooscope_core::sim::{ClientContent, ClientFrame, Content, Frame};

/// The most events that the list shows.
const MOST_EVENTS: usize = 60;
/// So many details in a row are folded.
const FOLDED: usize = 4;

/// What is on its way now.
pub fn messages(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let world = state.show.world(state.index);
    let row = |frame: &Frame| {
        let select = Some(Selected::Message(EnvelopeId::Frame(frame.id)));
        let when = lang.arrival(frame.arrives_at);
        let pair = format!("{} → {}", frame.from, frame.to);
        message_row(props, select, pair, content(frame, lang), when, frame.id.0 as usize * 2)
    };
    let on_line = |frame: &ClientFrame| {
        let select = Some(Selected::Message(EnvelopeId::OnLine(frame.id)));
        let client = world.client_name(frame.client);
        let pair = match frame.content.is_to_server() {
            true => format!("{client} → {}", frame.server),
            false => format!("{} → {client}", frame.server),
        };
        let when = lang.arrival(frame.arrives_at);
        message_row(props, select, pair, on_line_content(frame, lang), when, frame.id.0 as usize * 2 + 1)
    };
    let rows: Vec<Html> = world.network().frames().map(row).chain(world.lines().frames().map(on_line)).collect();
    if rows.is_empty() {
        el!("p", "class" = "muted"; lang.ui(Ui::NoMessages))
    } else {
        el!("ul", "class" = "rows"; rows)
    }
}

fn message_row(
    props: &PageProps,
    select: Option<Selected>,
    pair: String,
    what: String,
    when: String,
    place: usize,
) -> Html {
    el!("li"; key(place),
        el!("button", "class" = "row", "aria-pressed" = props.state.selected == select;
            click(props.on_click(Action::Select(select))),
            el!("span", "class" = "pair"; pair),
            el!("span"; what),
            el!("span", "class" = "muted"; when)))
}

/// What a frame between a client and a server carries, in a few words.
pub(super) fn on_line_content(frame: &ClientFrame, lang: Lang) -> String {
    match &frame.content {
        ClientContent::ToServer(ToServer::Connect(_)) | ClientContent::ToClient(ToClient::Connected(_)) => {
            lang.ui(Ui::Connect).to_string()
        }
        ClientContent::ToServer(ToServer::Request(_, operation)) => describe::request(operation),
        ClientContent::ToServer(ToServer::Ping) | ClientContent::ToClient(ToClient::Ping(_)) => "ping".to_string(),
        ClientContent::ToClient(ToClient::Reply(reply)) => describe::reply(reply),
        ClientContent::ToClient(ToClient::Event(event)) => format!("{} {}", event.kind, event.path),
        ClientContent::ClientClosed | ClientContent::ServerClosed => lang.ui(Ui::ConnectionEnd).to_string(),
    }
}

/// What a frame carries, in a few words.
fn content(frame: &Frame, lang: Lang) -> String {
    match &frame.content {
        Content::Message(Message::Packet(packet)) => packet.head().to_string(),
        Content::Message(Message::Notification(heard)) => {
            format!("{} · {}", lang.for_leader(heard.vote.leader), heard.state)
        }
        Content::Dial => lang.ui(Ui::Connect).to_string(),
        Content::Closed => lang.ui(Ui::ConnectionEnd).to_string(),
    }
}

/// What has happened up to now, latest first. Each line leads to its moment.
pub fn events(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let first = state.index.saturating_sub(MOST_EVENTS) + 1;
    let row = |index: usize| {
        let step = state.show.history().step(index)?;
        let class = if step.is_story() { "row" } else { "row aside" };
        Some(el!("li"; key(index),
            el!("button", "class" = class, "aria-current" = (index == state.index).then_some("step");
                click(props.on_click(Action::Seek(index))),
                el!("span", "class" = "muted time"; step.at.to_string()),
                el!("span"; lang.step(step)))))
    };
    let tells = |index: usize| {
        index == state.index || state.show.history().step(index).is_some_and(zooscope_core::history::Step::is_story)
    };
    let mut rows: Vec<Html> = Vec::new();
    let mut index = state.index;
    while index >= first {
        // What lies between two steps of the story can be unfolded.
        let aside = (first..=index).rev().take_while(|index| !tells(*index)).count();
        if aside >= FOLDED {
            let inside: Vec<Html> = (index + 1 - aside..=index).rev().filter_map(row).collect();
            rows.push(el!("li"; key(MOST_EVENTS + index),
                el!("details"; el!("summary"; lang.details(aside)), el!("ol"; inside))));
            index -= aside;
        } else {
            rows.extend(row(index));
            index -= 1;
        }
    }
    if rows.is_empty() {
        el!("p", "class" = "muted"; lang.ui(Ui::NothingYet))
    } else {
        el!("ol", "class" = "rows events"; rows)
    }
}

/// The last two events, under the ballots.
pub fn just_now(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let line = |index: usize| {
        let step = state.show.history().step(index)?;
        Some(el!("li"; key(index), el!("span", "class" = "muted time"; step.at.to_string()), lang.step(step)))
    };
    let latest = (state.index.saturating_sub(2) + 1..=state.index).rev();
    let lines: Vec<Html> = latest.filter_map(line).collect();
    let empty = lines.is_empty().then(|| el!("p", "class" = "muted"; lang.ui(Ui::NothingYet)));
    el!("section", "class" = "just-now"; el!("h2"; lang.ui(Ui::JustNow)), empty, el!("ol"; lines))
}
