//! A lesson's sentences with their placeholders filled in.

use super::element::{el, list};
use crate::text::Lang;
use yew::Html;
use yew::virtual_dom::VText;
use zooscope_core::lesson::{Inline, Paragraph};
use zooscope_core::query::{Moment, Value};
use zooscope_core::time::Duration;

/// What placeholders are filled in from.
#[derive(Clone, Copy)]
pub struct Filling<'a> {
    /// The language.
    pub lang: Lang,
    /// The moment that the text speaks about.
    pub moment: Moment<'a>,
    /// The lesson's parameter.
    pub param: Option<Duration>,
}

/// Pieces of a sentence.
pub fn inlines(words: &[Inline], filling: Filling<'_>) -> Html {
    let piece = |inline: &Inline| match inline {
        Inline::Text(text) => VText::new(text.clone()).into(),
        Inline::Strong(inner) => el!("strong"; inlines(inner, filling)),
        Inline::Code(text) => el!("code"; text.clone()),
        Inline::Answer(_) | Inline::Param(_) => {
            el!("span", "class" = "value"; plain(std::slice::from_ref(inline), filling))
        }
    };
    list(words.iter().map(piece).collect())
}

/// Plain text of pieces, for titles.
pub fn plain(words: &[Inline], filling: Filling<'_>) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Strong(inner) => plain(inner, filling),
        Inline::Answer(query) => filling.lang.value(&filling.moment.ask(query)),
        Inline::Param(_) => filling.lang.value(&Value::Span(filling.param)),
    };
    words.iter().map(piece).collect()
}

/// A paragraph.
pub fn paragraph(sentences: &Paragraph, filling: Filling<'_>) -> Html {
    // Chinese sentences stand next to each other, English ones have a space between them.
    let gap = filling.lang.pick("", " ");
    let parts = sentences.iter().flat_map(|sentence| [inlines(&sentence.words, filling), VText::new(gap).into()]);
    el!("p"; parts.collect::<Vec<Html>>())
}
