//! The ZooScope page: a thin shell over `zooscope_core`.
//!
//! | where | what |
//! | --- | --- |
//! | [`state`] | what the page knows and how each action changes it |
//! | [`show`] | what is on stage: a lesson or a run |
//! | [`scene`] | what is to be seen at a moment, as plain data |
//! | [`text`] | every word, in Chinese and English |
//! | [`components`] | how it is drawn |
//! | [`route`], [`persist`], [`keys`], [`playback`], [`flight`] | address, memory, keyboard, clock, motion |
//! | [`once_drawn`](mod@once_drawn) | what may come after a step |
//! | [`catalog`], [`examples`] | the lessons and the broken runs that come with the page |
//!
//! # Never
//! * A component decides nothing about the protocol; `scene` knows nothing of yew; `text` decides nothing at all.
//! * Nothing in the page is scripted: every list follows from the world and its steps.
//! * Text from outside is never HTML.

pub mod app;
pub mod catalog;
pub mod components;
pub mod examples;
pub mod flight;
pub mod keys;
pub mod once_drawn;
pub mod persist;
pub mod playback;
pub mod route;
pub mod scene;
pub mod show;
pub mod state;
pub mod text;

/// Mounts the page.
pub fn run() {
    app::mount();
}
