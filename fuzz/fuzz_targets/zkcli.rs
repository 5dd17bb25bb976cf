//! Whatever is typed at a client's command line, nothing panics and the tree stays the same everywhere.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use zooscope_core::invariants::check;
use zooscope_core::script::Session;
use zooscope_core::sim::World;
use zooscope_core::time::Duration;

/// Time for what a line can ask for.
const LONG: Duration = Duration::from_millis(5_000);

/// An ensemble that serves, and a client that is connected with it.
static SERVING: LazyLock<World> = LazyLock::new(|| {
    let mut session = Session::default();
    let script = "ensemble 3 latency=1ms\ntrace off\nstart all\nsettle\nclient a connect 1,2\nsettle";
    session.run(script).1.expect("an ensemble serves");
    session.history().expect("it began").latest().clone()
});

fuzz_target!(|text: &str| {
    let mut world = SERVING.clone();
    let (client, _) = world.client("a").expect("it is connected");
    for line in text.lines().take(6) {
        world.type_line(client, line.into(), &mut Vec::new());
        let end = world.now() + LONG;
        while world.agenda().peek().is_some_and(|(at, _)| at <= end) {
            world.step();
        }
        assert!(check(&world).is_empty(), "after {line:?}");
    }
});
