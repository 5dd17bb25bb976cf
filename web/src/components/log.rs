//! The rail's log: every server's transactions side by side, and how far each is.

use super::PageProps;
use super::element::{class, el, key};
use super::stage::{state_class, state_sign};
use crate::scene::log::{Entry, Log, Mark, logs};
use crate::text::{Lang, Ui};
use yew::Html;

/// Every server's log.
pub fn log(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let world = props.state.show.world(props.state.index);
    let rows: Vec<Html> = logs(&world).iter().map(|log| log_view(log, lang)).collect();
    let empty = rows.is_empty().then(|| el!("p", "class" = "muted"; lang.ui(Ui::NothingYet)));
    let legend =
        |mark: Mark, label: Ui| el!("span", "class" = class(&["txn", mark.word()]); sign(mark), " ", lang.ui(label));
    el!("section", "class" = "logs", "aria-label" = lang.ui(Ui::Log);
        el!("p", "class" = "legend small";
            legend(Mark::Appended, Ui::Appended), legend(Mark::Flushed, Ui::Flushed),
            legend(Mark::Committed, Ui::CommittedHere), legend(Mark::Applied, Ui::AppliedHere)),
        empty, rows)
}

fn log_view(log: &Log, lang: Lang) -> Html {
    let entries: Vec<Html> = log.entries.iter().map(|entry| entry_view(entry, lang)).collect();
    let nothing = log.entries.is_empty().then(|| el!("span", "class" = "muted small"; lang.ui(Ui::EmptyLog)));
    let chip = |text: String| el!("span", "class" = "txn aside"; text);
    let earlier = (log.earlier > 0).then(|| chip(format!("… +{}", log.earlier)));
    let snapshot = log.snapshot.map(|zxid| chip(format!("{} {zxid}", lang.ui(Ui::Snapshot))));
    el!("section", "class" = class(&["log-of", state_class(log.state)]), "data-log-of" = log.sid; key(usize::from(log.sid.0)),
        el!("h3"; format!("{} {} ", lang.ui(Ui::Server), log.sid),
            el!("span", "class" = "state-word"; format!("{} {}", state_sign(log.state, false), lang.state(log.state, false)))),
        el!("p", "class" = "muted small"; format!("acceptedEpoch {} · currentEpoch {}", log.accepted, log.current)),
        el!("div", "class" = "slips"; snapshot, earlier, nothing, entries))
}

fn entry_view(entry: &Entry, lang: Lang) -> Html {
    let label = match entry.mark {
        Mark::Appended => Ui::Appended,
        Mark::Flushed => Ui::Flushed,
        Mark::Committed => Ui::CommittedHere,
        Mark::Applied => Ui::AppliedHere,
    };
    let class = class(&["txn", entry.mark.word(), if entry.durable { "" } else { "unsafe" }]);
    el!("span", "class" = class, "data-zxid" = entry.zxid.to_string(), "data-mark" = entry.mark.word(),
        "title" = format!("{:#x} · {}", entry.zxid.to_bits(), lang.ui(label));
        key(entry.zxid.counter as usize),
        format!("{} {}", sign(entry.mark), entry.zxid))
}

fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Appended => "○",
        Mark::Flushed => "●",
        Mark::Committed => "✓",
        Mark::Applied => "★",
    }
}
