//! A `zoo.cfg` as administrators write it: what follows from it, what does not, and what is wrong where.

use expect_test::{Expect, expect};
use std::fmt::Write as _;
use zooscope_core::fingerprint::fingerprint;
use zooscope_core::recording::Recording;
use zooscope_core::script::Session;
use zooscope_core::zoo_cfg::zoo_cfg;

/// What a file says, or its first mistake.
fn read(text: &str) -> String {
    let read = match zoo_cfg(text) {
        Ok(read) => read,
        Err(error) => return error.to_string(),
    };
    let ensemble = &read.ensemble;
    let mut said = String::new();
    for (sid, role) in ensemble.members.iter() {
        let _ = writeln!(said, "{} {role:?}", sid.0);
    }
    let _ = writeln!(
        said,
        "tick {} ms, init {}, sync {}, extended {}, quota {}, digest {}, containers {} ms",
        ensemble.tick_time.0 / 1_000,
        ensemble.init_limit,
        ensemble.sync_limit,
        ensemble.requests.extended_types,
        ensemble.requests.enforce_quota,
        ensemble.digest,
        ensemble.container_check.0 / 1_000,
    );
    if let Some(bounds) = ensemble.session_bounds {
        let _ = writeln!(said, "sessions {}..{} ms", bounds.min.as_millis(), bounds.max.as_millis());
    }
    for group in &ensemble.groups {
        let _ = writeln!(said, "group {group:?}");
    }
    for (sid, weight) in ensemble.weights.iter() {
        let _ = writeln!(said, "{} has weight {weight}", sid.0);
    }
    for note in &read.notes {
        let _ = writeln!(said, "{note}");
    }
    said
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&read(text));
}

const FIVE: &str = "\
# The sample file, with five servers
tickTime=2000
initLimit=10
syncLimit=5
dataDir=/var/lib/zookeeper
clientPort=2181
server.1=zoo1:2888:3888
server.2=zoo2:2888:3888
server.3=zoo3:2888:3888
server.4=zoo4:2888:3888
server.5=zoo5:2888:3888:observer
";

#[test]
fn a_file_becomes_an_ensemble() {
    check(
        FIVE,
        expect![[r#"
        1 Voter
        2 Voter
        3 Voter
        4 Voter
        5 Observer
        tick 2000 ms, init 10, sync 5, extended false, quota false, digest true, containers 60000 ms
        4 voters tolerate no more failures than 3 do
    "#]],
    );
    check(
        "! as properties are written\n tickTime : 500\ninitLimit 20\r\nsyncLimit= 2\nsyncLimit=4\ndataDir=/d\n\
         server.7=[::1]:2888:3888:participant;[::]:2181\nserver.9=a:1:2|b:1:2;2181\nserver.63=c:1:2\n\
         group.1=7:9\ngroup.2=63\nweight.9=3\nextendedTypesEnabled=TRUE\nenforceQuota=true\ndigest.enabled=no\n\
         znode.container.checkIntervalMs=1000\nautopurge.purgeInterval=1\nmaxSessionTimeout=60000\n",
        expect![[r#"
            7 Voter
            9 Voter
            63 Voter
            tick 500 ms, init 20, sync 4, extended true, quota true, digest false, containers 1000 ms
            sessions 1000..60000 ms
            group {7, 9}
            group {63}
            9 has weight 3
            line 17: nothing follows from `autopurge.purgeInterval` here
            no clientPort: a real server would take no clients
        "#]],
    );
}

#[test]
fn a_mistake_has_its_place_and_its_cause() {
    // Each changes one thing of the good file.
    let changed = [
        ("tickTime=2000", "tickTime=0"),
        ("tickTime=2000", "tickTime=2s"),
        ("tickTime=2000", "tickTime"),
        ("initLimit=10\n", ""),
        ("dataDir=/var/lib/zookeeper\n", ""),
        ("dataDir=/var/lib/zookeeper", "dataDir=C:\\"),
        ("clientPort=2181", "clientPort=99999"),
        ("clientPort=2181", "clientPortAddress=10.0.0.1"),
        ("clientPort=2181", "electionAlg=0"),
        ("clientPort=2181", "standaloneEnabled=maybe"),
        ("clientPort=2181", "peerType=leader"),
        ("clientPort=2181", "minSessionTimeout=9\nmaxSessionTimeout=8"),
        ("clientPort=2181", "minSessionTimeout=40001"),
        ("clientPort=2181", "maxSessionTimeout=3999"),
        ("clientPort=2181", "maxSessionTimeout=0"),
        ("server.1=", "server.0="),
        ("server.1=", "server.64="),
        ("server.1=", "server.one="),
        ("zoo1:2888:3888", "zoo1:2888"),
        ("zoo1:2888:3888", "zoo1:2888:2888"),
        ("zoo1:2888:3888", "动物园:2888:38888888"),
        ("zoo1:2888:3888", "zoo1:2888:3888:follower"),
        ("zoo1:2888:3888", "zoo1:2888:3888;"),
        ("zoo1:2888:3888", "zoo1:2888:3888;0.0.0.0:x"),
        ("zoo1:2888:3888", "[::1:2888:3888"),
        ("zoo1:2888:3888", ":2888:3888"),
        ("zoo1:2888:3888", "zoo1:2888:3888:observer|zoo1b:2888:3888:participant"),
        ("zoo1:2888:3888", "zoo1:2888:3888;0.0.0.0:"),
        ("zoo1:2888:3888", "zoo1:2888:3888;a:b:2181"),
        ("clientPort=2181", "group.1=1:2\ngroup.2=2:3:4"),
        ("clientPort=2181", "group.1=1:2\ngroup.2=3"),
        ("clientPort=2181", "group.1=1:2:8"),
        ("clientPort=2181", "weight.4=2"),
        ("clientPort=2181", "group.1=1:2:3:4\nweight.8=1"),
    ];
    let mut said = String::new();
    for (good, bad) in changed {
        assert!(FIVE.contains(good), "{good}");
        let _ = writeln!(said, "{}", read(&FIVE.replacen(good, bad, 1)));
    }
    let frame = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/d\n";
    let many: String = (1..=10).map(|id| format!("server.{id}=h:1:2\n")).collect();
    for servers in ["", "server.1=h:1:2:observer", "server.1=h:1:2\nserver.2=h:1:2:observer", &many] {
        let _ = writeln!(said, "{}", read(&format!("{frame}{servers}")));
    }
    expect![[r#"
        line 2, column 10: tickTime: 0 means that it is not set, found `0`
        line 2, column 10: tickTime: expected a whole number up to 2147483647, found `2s`
        line 2, column 1: tickTime: expected a key, `=` and a value, found `tickTime`
        line 11, column 1: initLimit: this key must be set
        line 11, column 1: dataDir: this key must be set
        line 5, column 9: dataDir: a line that goes on in the next is not read; write it in one, found `C:\`
        line 6, column 12: clientPort: expected a port from 1 to 65535, found `99999`
        line 6, column 1: clientPortAddress: clientPortAddress needs a clientPort, found `clientPortAddress`
        line 6, column 13: electionAlg: there is only electionAlg=3, fast leader election, found `0`
        line 6, column 19: standaloneEnabled: expected true or false, found `maybe`
        line 6, column 10: peerType: expected participant or observer, found `leader`
        line 7, column 19: maxSessionTimeout: minSessionTimeout must not be larger than maxSessionTimeout (unset they are 2 and 20 ticks), found `8`
        line 6, column 19: minSessionTimeout: minSessionTimeout must not be larger than maxSessionTimeout (unset they are 2 and 20 ticks), found `40001`
        line 6, column 19: maxSessionTimeout: minSessionTimeout must not be larger than maxSessionTimeout (unset they are 2 and 20 ticks), found `3999`
        line 6, column 19: maxSessionTimeout: with 0 every session would be over at once, found `0`
        line 7, column 1: server.0: expected the id of a server, 1 to 63, found `server.0`
        line 7, column 1: server.64: expected the id of a server, 1 to 63, found `server.64`
        line 7, column 1: server.one: expected the id of a server, 1 to 63, found `server.one`
        line 7, column 10: server.1: expected host:quorumPort:electionPort, then perhaps :participant or :observer, then perhaps ; and a client port, found `zoo1:2888`
        line 7, column 10: server.1: quorum port and election port must differ, found `zoo1:2888:2888`
        line 7, column 19: server.1: expected a port from 1 to 65535, found `38888888`
        line 7, column 25: server.1: expected participant or observer, found `follower`
        line 7, column 10: server.1: expected host:quorumPort:electionPort, then perhaps :participant or :observer, then perhaps ; and a client port, found `zoo1:2888:3888;`
        line 7, column 33: server.1: expected a port from 1 to 65535, found `x`
        line 7, column 10: server.1: expected host:quorumPort:electionPort, then perhaps :participant or :observer, then perhaps ; and a client port, found `[::1:2888:3888`
        line 7, column 10: server.1: expected host:quorumPort:electionPort, then perhaps :participant or :observer, then perhaps ; and a client port, found `:2888:3888`
        line 7, column 34: server.1: all addresses of a server must have the same role, found `zoo1b:2888:3888:participant`
        line 7, column 33: server.1: expected a port from 1 to 65535
        line 7, column 27: server.1: expected a port from 1 to 65535, found `b:2181`
        line 7, column 9: group.2: this server is in another group already, found `2`
        line 13, column 1: server.4: there are groups, and this server is in none
        line 6, column 13: group.1: there is no such server, found `8`
        line 6, column 1: weight.4: weights need groups: no server starts, because with a weight each must be in a group.N, found `weight.4`
        line 7, column 1: weight.8: there is no such server, found `weight.8`
        line 5, column 1: server: there is no server.N: a server that runs alone elects nobody
        line 5, column 10: server.1: observers need at least one participant, found `h:1:2:observer`
        line 6, column 10: server.2: a single participant runs alone and has no observers, found `h:1:2:observer`
        line 15, column 1: server: there are at most 9 servers here
    "#]].assert_eq(&said);
}

#[test]
fn its_ensemble_elects_a_leader() {
    let mut session = Session::with(zoo_cfg(FIVE).expect("it is a good file").ensemble);
    let script = "trace off\nstart all\nsettle\nexpect leader = 4\nexpect state 5 = OBSERVING\nexpect quorum = 3\n";
    let (_, result) = session.run(script);
    assert_eq!(result, Ok(()));
}

#[test]
fn groups_and_weights_stand_in_the_znode_of_the_configuration() {
    let text = FIVE.replace("clientPort=2181", "group.1=1:2\ngroup.2=3:4\nweight.2=3");
    let config = config_text(&text);
    let (_, rules) = config.split_once("observer\n").expect("the last server is an observer");
    assert_eq!(rules, "group.1=1:2\ngroup.2=3:4\nweight.1=1\nweight.2=3\nweight.3=1\nweight.4=1\nversion=0");
}

/// What a server puts into `/zookeeper/config`.
fn config_text(file: &str) -> String {
    zoo_cfg(file).expect("it is a good file").ensemble.config_text()
}

#[test]
fn the_znode_of_the_configuration_shows_the_addresses_of_the_file() {
    // A port of `clientPort` is known to each server as its own only, and not shown (`isClientAddrFromStatic`).
    expect![[r#"
        server.1=zoo1:2888:3888:participant
        server.2=zoo2:2888:3888:participant
        server.3=zoo3:2888:3888:participant
        server.4=zoo4:2888:3888:participant
        server.5=zoo5:2888:3888:observer
        version=0"#]]
    .assert_eq(&config_text(FIVE));
    let mut text = FIVE.to_string();
    for (plain, other) in [
        ("zoo1:2888:3888", "zoo1:2888:3888;2181"),
        ("zoo2:2888:3888", "[::1]:2888:3888:participant;[2001:db8::5]:2182"),
        ("zoo3:2888:3888", "zoo3b:2889:3889|zoo3a:2888:3888"),
        ("zoo4:2888:3888", "zoo4:2888:3888:OBSERVER|zoo4:2889:3889;10.0.0.4:2181"),
    ] {
        text = text.replace(plain, other);
    }
    expect![[r#"
        server.1=zoo1:2888:3888:participant;0.0.0.0:2181
        server.2=[0:0:0:0:0:0:0:1]:2888:3888:participant;[2001:db8:0:0:0:0:0:5]:2182
        server.3=zoo3a:2888:3888|zoo3b:2889:3889:participant
        server.4=zoo4:2888:3888|zoo4:2889:3889:observer;10.0.0.4:2181
        server.5=zoo5:2888:3888:observer
        version=0"#]]
    .assert_eq(&config_text(&text));
}

#[test]
fn bounds_of_session_timeouts_are_those_of_the_file() {
    let bounds = |lines: &str| {
        let said = read(&FIVE.replace("clientPort=2181", &format!("clientPort=2181\n{lines}")));
        said.lines().find(|line| line.starts_with("sessions")).map(str::to_string)
    };
    let set = |text: &str| Some(format!("sessions {text} ms"));
    assert_eq!(bounds("minSessionTimeout=9000"), set("9000..40000"));
    assert_eq!(bounds("maxSessionTimeout=120000"), set("4000..120000"));
    assert_eq!(bounds("minSessionTimeout=0\nmaxSessionTimeout=60000"), set("1..60000"));
    assert_eq!(bounds("minSessionTimeout=-1\nmaxSessionTimeout=-1"), None);
}

#[test]
fn at_its_prompt_the_hosts_of_the_file_are_known() {
    let text = FIVE.replace("zoo1:2888:3888", "alpha:2888:3888;2182").replace("zoo2:2888:3888", "beta:2888:3888");
    let text = text.replace("clientPort=2181", "clientPort=2181\nmaxSessionTimeout=60000");
    let mut session = Session::with(zoo_cfg(&text).expect("it is a good file").ensemble);
    let script = "trace off\nstart all\nsettle\nclient a connect 3 timeout=90s\nsettle\nexpect timeout a = 60s\n\
        trace prompt\na> printwatches off\na> config -c\nsettle\n\
        a> connect beta:2181\nsettle\nexpect connected a = 2\n\
        a> connect ALPHA:2182\nsettle\nexpect connected a = 1\n\
        a> connect alpha:2181,zoo5\nsettle\nexpect connected a = 5\n\
        a> connect zoo1:2182\nsettle\nexpect connected a = none\na> ls /\nsettle\n\
        a> connect 4\nsettle\nexpect connected a = 4\n";
    let (told, result) = session.run(script);
    assert_eq!(result, Ok(()));
    expect![[r#"
        a> printwatches off
        a> config -c
        a | 0 0.0.0.0:2182,,,,
        a> connect beta:2181
        a> connect ALPHA:2182
        a> connect alpha:2181,zoo5
        a knows nobody at alpha:2181; servers are alpha:2182, beta:2181, zoo3:2181, zoo4:2181, zoo5:2181
        a> connect zoo1:2182
        a knows nobody at zoo1:2182; servers are alpha:2182, beta:2181, zoo3:2181, zoo4:2181, zoo5:2181
        a> ls /
        a ! KeeperErrorCode = ConnectionLoss for /
        a> connect 4
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_run_with_addresses_can_be_shared_without_them() {
    let mut session = Session::with(zoo_cfg(FIVE).expect("it is a good file").ensemble);
    session.run("start all\nsettle\nclient a connect 1\nsettle").1.expect("the script runs");
    let history = session.history().expect("it began");
    let recording = Recording::decode(&Recording::of(history).encode()).expect("a link can be read");
    let replayed = recording.replay().expect("a link can be run");
    assert_eq!((replayed.len(), fingerprint(replayed.steps())), (history.len(), fingerprint(history.steps())));
    assert_ne!(replayed.ensemble().config_text(), history.ensemble().config_text(), "the language knows no addresses");
}
