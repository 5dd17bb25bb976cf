//! The one live region: it says a sentence per step; while the page plays, the latest one every two seconds.
//! A component of its own: what it says later than the step must not draw the page once more.

use super::element::el;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// While the page plays, a sentence is spoken at most this often.
const REST_MS: u32 = 2_000;

/// What there is to say.
#[derive(Clone, PartialEq, Properties)]
pub struct SpeechProps {
    /// The sentence of this moment.
    pub text: AttrValue,
    /// Whether the page plays.
    pub playing: bool,
}

/// The live region.
#[component]
pub fn Speech(props: &SpeechProps) -> Html {
    let said = use_state(|| props.text.clone());
    let pending = use_mut_ref(|| None::<Timeout>);
    let newest = use_mut_ref(AttrValue::default);
    newest.replace(props.text.clone());
    {
        let said = said.clone();
        use_effect_with(props.clone(), move |SpeechProps { text, playing }| {
            if !*playing {
                pending.replace(None);
                said.set(text.clone());
            } else if pending.borrow().is_none() {
                let waiting = pending.clone();
                let speak = Timeout::new(REST_MS, move || {
                    waiting.replace(None);
                    said.set(newest.borrow().clone());
                });
                pending.replace(Some(speak));
            }
        });
    }
    el!("p", "class" = "offscreen", "role" = "status", "aria-live" = "polite", "data-spoken" = "true"; said.to_string())
}
