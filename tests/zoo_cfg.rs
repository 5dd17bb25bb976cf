//! A `zoo.cfg` as administrators write it: what follows from it, what does not, and what is wrong where.

use expect_test::{Expect, expect};
use std::fmt::Write as _;
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
            group {7, 9}
            group {63}
            9 has weight 3
            line 17: nothing follows from `autopurge.purgeInterval` here
            line 18: nothing follows from `maxSessionTimeout` here
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
        ("clientPort=2181", "group.1=1:2\ngroup.2=2:3:4"),
        ("clientPort=2181", "group.1=1:2\ngroup.2=3"),
        ("clientPort=2181", "group.1=1:2:8"),
        ("clientPort=2181", "weight.8=1"),
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
        line 7, column 19: maxSessionTimeout: minSessionTimeout must not be larger than maxSessionTimeout, found `8`
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
        line 7, column 9: group.2: this server is in another group already, found `2`
        line 13, column 1: server.4: there are groups, and this server is in none
        line 6, column 13: group.1: there is no such server, found `8`
        line 6, column 1: weight.8: there is no such server, found `weight.8`
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
    let config = zoo_cfg(&text).expect("it is a good file").ensemble.config_text();
    let (_, rules) = config.split_once("observer\n").expect("the last server is an observer");
    assert_eq!(rules, "group.1=1:2\ngroup.2=3:4\nweight.1=1\nweight.2=3\nweight.3=1\nweight.4=1\nversion=0");
}
