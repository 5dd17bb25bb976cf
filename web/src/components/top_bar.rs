//! The top bar: where we are, and what concerns the whole page.

use super::PageProps;
use super::dialog::share;
use super::element::{click, el};
use super::story::{address, title};
use crate::persist;
use crate::route::Place;
use crate::state::{Action, Dialog};
use crate::text::Ui;
use yew::{Html, MouseEvent};

/// The bar.
pub fn top_bar(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let place = state.show.place();
    let here = match &place {
        Place::Lesson(id) => title(id, lang),
        Place::Run(_) => lang.ui(Ui::ARun).to_string(),
        Place::Sandbox => lang.ui(Ui::YourTurn).to_string(),
    };
    let theme = props.act.reform(|_: MouseEvent| Action::ToggleTheme(persist::is_dark()));
    let dialog = |dialog: Dialog| click(props.on_click(Action::Dialog(Some(dialog))));
    let sign = |sign: &'static str| el!("span", "aria-hidden" = "true"; sign);
    let dot = |x: &'static str, y: &'static str, radius: &'static str, class: &'static str| {
        el!("circle", "class" = class, "cx" = x, "cy" = y, "r" = radius)
    };
    let runs = place != Place::Sandbox;
    let sandbox = runs
        .then(|| el!("a", "class" = "button wide-only", "href" = address(Place::Sandbox, lang); lang.ui(Ui::YourTurn)));
    let share = runs.then(|| {
        el!("button", "class" = "button primary wide-only", "data-action" = "share"; click(share(props)), lang.ui(Ui::Share))
    });
    el!("header", "class" = "top";
        el!("a", "class" = "home", "href" = address(Place::Lesson(crate::catalog::FLAGSHIP.into()), lang), "aria-label" = "ZooScope";
            el!("svg", "class" = "logo", "viewBox" = "0 0 32 32", "aria-hidden" = "true";
                el!("path", "d" = "M16 4 L28 13 L23 27 L9 27 L4 13 Z"),
                dot("16", "4", "4", "one"), dot("28", "13", "3", ""), dot("23", "27", "3", ""), dot("9", "27", "3", ""), dot("4", "13", "3", "")),
            el!("strong", "class" = "brand"; "ZooScope")),
        el!("p", "class" = "crumbs";
            el!("button", "class" = "crumb wide", "data-action" = "lessons"; dialog(Dialog::Lessons), lang.ui(Ui::Course)),
            el!("span", "class" = "muted wide"; format!(" › {} › ", lang.ui(Ui::Inside))),
            el!("strong"; here)),
        el!("nav", "class" = "tools", "aria-label" = lang.pick("页面", "Page");
            sandbox,
            share,
            el!("button", "class" = "button", "data-action" = "language", "aria-label" = lang.ui(Ui::Language), "lang" = lang.html();
                click(props.on_click(Action::ToggleLanguage)), lang.pick("EN", "中文")),
            el!("button", "class" = "button wide-only", "data-action" = "theme", "aria-label" = lang.ui(Ui::ThemeLabel); click(theme), sign("◐")),
            el!("button", "class" = "button wide-only", "data-action" = "help", "aria-label" = lang.ui(Ui::Help); dialog(Dialog::Help), sign("?")),
            el!("button", "class" = "button phone-only", "data-action" = "menu", "aria-label" = lang.ui(Ui::More); dialog(Dialog::Menu), sign("⋯"))))
}
