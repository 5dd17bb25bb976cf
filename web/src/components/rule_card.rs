//! The rule that fired, with its values.

use crate::scene::explain::rule_of;
use crate::text::Lang;
use yew::prelude::*;
use zooscope_core::history::Step;

/// The most telling rule of a step, or nothing.
pub fn rule_card(step: Option<&Step>, lang: Lang) -> Html {
    let Some(rule) = step.and_then(rule_of) else { return html! {} };
    let text = lang.rule(&rule);
    let value = |(value, verdict): &(String, Option<bool>)| {
        let mark = match verdict {
            Some(true) => html! { <span class="yes">{ " ✓" }</span> },
            Some(false) => html! { <span class="no">{ " ✗" }</span> },
            None => html! {},
        };
        html! { <div class="rule-value"><code>{ value }</code>{ mark }</div> }
    };
    html! {
        <section class="rule" aria-label={text.heading.clone()}>
            <h3>{ text.heading.clone() }</h3>
            { for text.values.iter().map(value) }
            <p class="muted">{ text.meaning }</p>
        </section>
    }
}
