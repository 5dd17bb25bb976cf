//! What the servers know before the first start: the same list on each, and a number of its own.

use super::element::el;
use crate::text::{Lang, Ui};
use yew::Html;
use zooscope_core::ensemble::{Ensemble, Role};

/// The configuration of an ensemble, as its files say it.
pub fn config_card(ensemble: &Ensemble, lang: Lang) -> Html {
    let line = |(sid, role): (&zooscope_core::ids::Sid, &Role)| {
        // Who writes such a file leaves out what is usual.
        let role = if *role == Role::Observer { ":observer" } else { "" };
        el!("div"; el!("code"; format!("server.{sid}={}", ensemble.addresses.line(*sid, role))))
    };
    let lines: Vec<Html> = ensemble.members.iter().map(line).collect();
    let ids = ensemble.servers().map(|sid| sid.to_string()).collect::<Vec<_>>().join(lang.pick("、", ", "));
    el!("section", "class" = "rule config", "aria-label" = lang.ui(Ui::ConfigHeading);
        el!("h3"; lang.ui(Ui::ConfigHeading)),
        lines,
        el!("h3"; lang.ui(Ui::ConfigMyid)),
        el!("code"; format!("myid: {ids}")),
        el!("p", "class" = "muted"; lang.ui(Ui::ConfigNoMaster)))
}
