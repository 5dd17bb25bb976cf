//! The rule that fired, with its values.

use super::element::{el, nothing};
use crate::scene::explain::rule_of;
use crate::text::Lang;
use yew::Html;
use zooscope_core::history::Step;

/// The most telling rule of a step, or nothing.
pub fn rule_card(step: Option<&Step>, lang: Lang) -> Html {
    let Some(rule) = step.and_then(rule_of) else { return nothing() };
    let text = lang.rule(&rule);
    let value = |(value, verdict): &(String, Option<bool>)| {
        let mark =
            verdict.map(|yes| el!("span", "class" = if yes { "yes" } else { "no" }; if yes { " ✓" } else { " ✗" }));
        el!("div", "class" = "rule-value"; el!("code"; value.clone()), mark)
    };
    let values: Vec<Html> = text.values.iter().map(value).collect();
    let label = text.heading.clone();
    el!("section", "class" = "rule", "aria-label" = label; el!("h3"; text.heading), values, el!("p", "class" = "muted"; text.meaning))
}
