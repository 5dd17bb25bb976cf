//! Something the reader should know, until it is put away.

use super::PageProps;
use super::element::{click, el};
use crate::state::{Action, Notice};
use crate::text::Ui;
use yew::Html;

/// A notice, spoken at once, with a button that puts it away.
pub fn notice(props: &PageProps, notice: &Notice, class: &'static str) -> Html {
    let lang = props.state.lang;
    el!("div", "class" = class, "role" = "alert";
        el!("span"; lang.notice(notice)),
        el!("button", "class" = "close", "aria-label" = lang.ui(Ui::Close); click(props.on_click(Action::Dismiss)), "×"))
}
