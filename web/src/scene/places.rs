//! Where servers and clients stand on the stage.

use super::ring::End;
use litemap::LiteMap;
use zooscope_core::ids::{ClientId, Sid};
use zooscope_core::maps::map_of;
use zooscope_core::sim::{ClientNode, World};

/// The stage is drawn in a view box of this width …
pub const WIDTH: i32 = 640;
/// … and this height.
pub const HEIGHT: i32 = 440;

/// A place on the stage.
pub type Point = (i32, i32);

/// The unit circle in 1/1000, for one to nine places: whole numbers, so that no trigonometry comes into the page.
const CIRCLE: [&[Point]; 9] = [
    &[(0, -1000)],
    &[(0, -1000), (0, 1000)],
    &[(0, -1000), (866, 500), (-866, 500)],
    &[(0, -1000), (1000, 0), (0, 1000), (-1000, 0)],
    &[(0, -1000), (951, -309), (588, 809), (-588, 809), (-951, -309)],
    &[(0, -1000), (866, -500), (866, 500), (0, 1000), (-866, 500), (-866, -500)],
    &[(0, -1000), (782, -623), (975, 223), (434, 901), (-434, 901), (-975, 223), (-782, -623)],
    &[(0, -1000), (707, -707), (1000, 0), (707, 707), (0, 1000), (-707, 707), (-1000, 0), (-707, -707)],
    &[
        (0, -1000),
        (643, -766),
        (985, -174),
        (866, 500),
        (342, 940),
        (-342, 940),
        (-866, 500),
        (-985, -174),
        (-643, -766),
    ],
];

/// Where everything stands: the discs on a ring, server 1 at the top, then clockwise; clients outside of it, each
/// behind its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The servers' centres.
    pub servers: LiteMap<Sid, Point>,
    /// The clients' centres.
    pub guests: LiteMap<ClientId, Point>,
}

impl Places {
    /// The places of a world. A ring with guests is smaller.
    pub fn of(world: &World) -> Places {
        let sids: Vec<Sid> = world.ensemble().servers().collect();
        let circle = CIRCLE[sids.len().clamp(1, CIRCLE.len()) - 1];
        let here: Vec<(ClientId, Sid)> =
            world.clients().filter(|(_, node)| is_here(node)).map(|(id, node)| (id, node.client.server())).collect();
        let radius = match sids.len() {
            _ if !here.is_empty() => (158, 112),
            7.. => (236, 150),
            _ => (212, 150),
        };
        let on = |(x, y): Point, (rx, ry): Point| (WIDTH / 2 + rx * x / 1_000, HEIGHT / 2 - 14 + ry * y / 1_000);
        let servers = map_of(sids.iter().zip(circle.iter().cycle()).map(|(sid, unit)| (*sid, on(*unit, radius))));
        let mut guests = LiteMap::new();
        for (id, server) in &here {
            let unit =
                sids.iter().position(|sid| sid == server).map_or((0, -1000), |place| circle[place % circle.len()]);
            let beside: Vec<ClientId> = here.iter().filter(|(_, other)| other == server).map(|(id, _)| *id).collect();
            let place = beside.iter().position(|other| other == id).unwrap_or(0) as i32;
            // Several at one server stand side by side, across the way to it.
            let aside = (2 * place - beside.len() as i32 + 1) * GUEST_ROOM / 2;
            let (x, y) = on(unit, (276, 184));
            let across = if unit.1.abs() > 700 { (aside, 0) } else { (0, aside * 2 / 3) };
            let within = |value: i32, most: i32, edge: i32| value.clamp(edge, most - edge);
            guests.insert(*id, (within(x + across.0, WIDTH, 44), within(y + across.1, HEIGHT, 20)));
        }
        Places { servers, guests }
    }

    /// Where one end of a line is, if it is on the stage.
    pub fn of_end(&self, end: End) -> Option<Point> {
        match end {
            End::Server(sid) => self.servers.get(&sid).copied(),
            End::Client(id) => self.guests.get(&id).copied(),
        }
    }
}

/// Whether a client is worth showing: its process runs and its session is not over.
fn is_here(node: &ClientNode) -> bool {
    !node.is_gone && !node.client.is_over()
}

/// The room that a client takes beside another one.
const GUEST_ROOM: i32 = 84;

/// The radius of a disc when there are `count`.
pub fn disc_radius(count: usize) -> i32 {
    match count {
        0..=5 => 42,
        6..=7 => 36,
        _ => 30,
    }
}
