//! The page.

/// Mounts the page.
pub fn run() {
    yew::Renderer::<App>::new().render();
}

/// Root component.
#[yew::component(App)]
pub fn app() -> yew::Html {
    yew::html! { <main>{ "ZooScope" }</main> }
}
