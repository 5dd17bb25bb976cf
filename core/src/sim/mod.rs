//! The simulated world around the servers: time, network, disks and chance.

mod agenda;
mod command;
mod ghost;
mod lines;
mod network;
mod world;

pub use agenda::{Agenda, Planned};
pub use command::{ClientAct, ClientWay, Command, CommandError, CrashPoint, ProcessAct};
pub use ghost::Ghost;
pub use lines::{ClientContent, ClientFrame, ClientFrameId, Lines};
pub use network::{Content, Frame, FrameId, Network};
pub use world::{Cause, ClientNode, Node, Process, World};
