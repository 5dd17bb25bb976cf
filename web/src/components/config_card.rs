//! What the servers know before the first start: the same list on each, and a number of its own.

use crate::text::{Lang, Ui};
use yew::prelude::*;
use zooscope_core::ensemble::{Ensemble, Role};

/// The configuration of an ensemble, as its files say it.
pub fn config_card(ensemble: &Ensemble, lang: Lang) -> Html {
    let line = |(sid, role): (&zooscope_core::ids::Sid, &Role)| {
        let observer = if *role == Role::Observer { ":observer" } else { "" };
        html! { <>{ format!("server.{sid}=zk{sid}:2888:3888{observer}") }<br/></> }
    };
    let ids = ensemble.servers().map(|sid| sid.to_string()).collect::<Vec<_>>().join(lang.pick("、", ", "));
    html! {
        <section class="rule config" aria-label={lang.ui(Ui::ConfigHeading)}>
            <h3>{ lang.ui(Ui::ConfigHeading) }</h3>
            <code>{ for ensemble.members.iter().map(line) }</code>
            <h3>{ lang.ui(Ui::ConfigMyid) }</h3>
            <code>{ format!("myid: {ids}") }</code>
            <p class="muted">{ lang.ui(Ui::ConfigNoMaster) }</p>
        </section>
    }
}
