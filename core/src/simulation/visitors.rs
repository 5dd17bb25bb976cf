//! What clients do in a random run: they connect, read, write, watch, are frozen, cut off and killed, while servers
//! fail around them.

use super::{Dice, Failure, Storm};
use crate::ids::Sid;
use crate::sim::{ClientAct, ClientWay, Command, ProcessAct};
use crate::time::Duration;
use std::sync::Arc;

/// The names that clients have in turn.
const NAMES: [&str; 3] = ["a", "b", "c"];
/// The paths they know: few, so that they meet.
const PATHS: [&str; 6] = ["/x", "/y", "/x/p", "/x/q", "/y/p", "/x/p/z"];

/// An ensemble for the profile with clients.
pub(super) fn draw_ensemble(dice: &mut Dice, seed: u64) -> String {
    let voters = dice.pick(&[3, 3, 3, 4, 5]);
    let latency = dice.pick(&["1ms..3ms", "5ms", "1ms..30ms", "1ms..120ms"]);
    let observers = if dice.chance(20) { " observers=1" } else { "" };
    format!("ensemble {voters} seed={seed} latency={latency} tick=500ms{observers}")
}

impl Storm {
    /// The safety phase of the profile with clients.
    pub(super) fn play_with_clients(&mut self, dice: &mut Dice) -> Result<(), Failure> {
        self.apply(&Command::All(ProcessAct::Start))?;
        self.apply(&Command::Advance(Duration::from_millis(3_000)))?;
        for _ in 0..dice.roll(20, 120) {
            let command = self.draw_with_clients(dice);
            self.apply(&command)?;
            if dice.chance(60) {
                self.apply(&Command::Advance(Duration::from_millis(dice.roll(0, 60))))?;
            }
        }
        Ok(())
    }

    fn draw_with_clients(&mut self, dice: &mut Dice) -> Command {
        let servers: Vec<Sid> = self.history.ensemble().servers().collect();
        let (one, other) = (dice.pick(&servers), dice.pick(&servers));
        let client = Arc::from(dice.pick(&NAMES));
        let of_client = |act| Command::Client { client, act };
        match dice.roll(0, 99) {
            0..=11 => {
                let mut known = vec![one, other];
                known.dedup();
                let timeout = Duration::from_millis(dice.pick(&[1_000, 2_000, 6_000]));
                of_client(ClientAct::Connect { servers: known, timeout })
            }
            12..=69 => of_client(ClientAct::Type(Arc::from(draw_line(dice)))),
            70..=71 => of_client(ClientAct::Pause),
            72..=74 => of_client(ClientAct::Resume),
            75 => of_client(ClientAct::Cut),
            76 => {
                let way = ClientWay { server: one, to_server: dice.chance(50) };
                of_client(if dice.chance(50) { ClientAct::Hold(way) } else { ClientAct::Release(way) })
            }
            77 => of_client(ClientAct::Crash),
            78..=80 => Command::Crash(one),
            81..=84 => Command::All(ProcessAct::Start),
            85 => Command::Pause(one),
            86..=87 => Command::Resume(one),
            88..=89 => Command::Cut(one, other),
            90..=92 => Command::Heal,
            93..=96 => Command::Advance(Duration::from_millis(dice.roll(100, 1_500))),
            _ => Command::Advance(Duration::from_millis(dice.roll(1_500, 9_000))),
        }
    }
}

fn draw_line(dice: &mut Dice) -> String {
    let (path, other) = (dice.pick(&PATHS), dice.pick(&PATHS));
    let version = dice.pick(&["-v 0 ", "-v 1 ", "", "", "", ""]);
    match dice.roll(0, 23) {
        0..=3 => format!("create {path} 1"),
        4..=5 => format!("create -e {path} 2"),
        6 => format!("create -s {path}/s- 3"),
        7 => format!("create -e -s {path}/e- 4"),
        8..=10 => format!("set {version}{path} {}", dice.roll(0, 9)),
        11..=12 => format!("delete {version}{path}"),
        13 => format!("deleteall {path}"),
        14..=15 => format!("get -w {path}"),
        16 => format!("ls -w {path}"),
        17 => format!("stat -w {path}"),
        18 => format!("addWatch {} {path}", dice.pick(&["-m PERSISTENT", ""])),
        19 => format!("removewatches {path}"),
        20 => "sync /".to_string(),
        21 => format!("create -c {other} 5"),
        22 => format!("setAcl {path} world:anyone:{}", dice.pick(&["cdwa", "cdrwa"])),
        _ => dice.pick(&["close", "getEphemerals", "setAcl /y world:anyone:r", "connect"]).to_string(),
    }
}
