//! The inspector: what is selected, and why it is so. It stands beside what it explains, never on it.

use super::PageProps;
use super::element::{click, el, list};
use super::lists::on_line_content;
use crate::scene::ring::EnvelopeId;
use crate::scene::why::{Because, why};
use crate::state::{Action, Selected};
use crate::text::Ui;
use yew::Html;
use zooscope_core::effects::Message;
use zooscope_core::ids::Sid;
use zooscope_core::query::current_vote;
use zooscope_core::sim::Content;

/// The inspector, when something is selected that is there.
pub fn inspector(props: &PageProps) -> Option<Html> {
    inspected(props, props.state.selected?)
}

/// What an inspector shows. A function of its own, which can come after the first view.
#[inline(never)]
fn inspected(props: &PageProps, selected: Selected) -> Option<Html> {
    let lang = props.state.lang;
    let found = match selected {
        Selected::Server(sid) => Some((lang.server(sid), server(props, sid))),
        Selected::Message(id) => message(props, id),
    };
    let (name, body) = found?;
    Some(el!("section", "class" = "inspector", "aria-label" = name.clone(), "data-inspector" = "true";
        el!("header";
            el!("h2"; name),
            el!("button", "class" = "close", "aria-label" = lang.ui(Ui::Close); click(props.on_click(Action::Select(None))), "×")),
        body))
}

fn server(props: &PageProps, sid: Sid) -> Html {
    let state = &props.state;
    let (lang, history) = (state.lang, state.show.history());
    let world = &*state.show.world(state.index);
    let answers = why(history, state.index, sid);
    let vote_question = lang.why_vote_question(sid.0, current_vote(world, sid).map(|vote| vote.0));
    let state_question = lang.why_state_question(sid.0, world.server(sid).map(|server| server.state()));
    let cause = |because: &Because| {
        let there = (because.index != state.index).then(|| {
            el!("button", "class" = "link"; click(props.on_click(Action::Seek(because.index))),
                format!("{} {}", lang.ui(Ui::Event), because.index))
        });
        el!("li"; lang.because(sid.0, &because.cause), there)
    };
    let causes = |list: &[Because]| el!("ul", "class" = "causes"; list.iter().map(cause).collect::<Vec<Html>>());
    let frozen = world.node(sid).is_some_and(|node| node.is_paused()).then(|| el!("p"; lang.ui(Ui::Frozen)));
    list(vec![
        frozen.unwrap_or_default(),
        el!("h3"; vote_question),
        causes(&answers.vote),
        el!("h3"; state_question),
        causes(&answers.state),
    ])
}

fn message(props: &PageProps, id: EnvelopeId) -> Option<(String, Html)> {
    let state = &props.state;
    let lang = state.lang;
    let world = state.show.world(state.index);
    if let EnvelopeId::OnLine(id) = id {
        let frame = world.lines().frames().find(|frame| frame.id == id)?;
        let client = world.client_name(frame.client);
        let title = match frame.content.is_to_server() {
            true => format!("{client} → {}", frame.server),
            false => format!("{} → {client}", frame.server),
        };
        let facts = [(Ui::Meaning, on_line_content(frame, lang)), (Ui::Arrives, lang.arrival(frame.arrives_at))];
        let rows: Vec<Html> =
            facts.into_iter().flat_map(|(name, value)| [el!("dt"; lang.ui(name)), el!("dd"; value)]).collect();
        return Some((title, el!("dl"; rows)));
    }
    let frame = world.network().frames().find(|frame| EnvelopeId::Frame(frame.id) == id)?;
    let mut facts: Vec<(String, String)> = Vec::new();
    let title = match &frame.content {
        Content::Message(Message::Notification(heard)) => {
            facts.push(("leader".into(), heard.vote.leader.to_string()));
            facts.push(("zxid".into(), heard.vote.zxid.to_string()));
            facts.push(("peerEpoch".into(), heard.vote.peer_epoch.to_string()));
            facts.push((lang.pick("轮次 round", "round").into(), heard.round.to_string()));
            facts.push((lang.ui(Ui::SenderState).into(), heard.state.word().into()));
            lang.ui(Ui::Notification)
        }
        Content::Message(Message::Packet(packet)) => {
            let head = packet.head();
            facts.push((lang.ui(Ui::Meaning).into(), lang.packet_gloss(head).into()));
            if let Some(zxid) = head.zxid {
                facts.push(("zxid".into(), zxid.to_string()));
            }
            head.name
        }
        Content::Dial => lang.ui(Ui::Connect),
        Content::Closed => lang.ui(Ui::ConnectionEnd),
    };
    facts.push((lang.ui(Ui::Arrives).into(), lang.arrival(frame.arrives_at)));
    let fact = |(name, value): (String, String)| [el!("dt"; name), el!("dd"; value)];
    let body = el!("dl"; facts.into_iter().flat_map(fact).collect::<Vec<Html>>());
    Some((format!("{title} {} → {}", frame.from, frame.to), body))
}
