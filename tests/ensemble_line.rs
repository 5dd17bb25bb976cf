//! What is wrong with an `ensemble` line is said where it is; blanks beside commas and bars are welcome.

use expect_test::expect;
use zooscope_core::ensemble::Ensemble;
use zooscope_core::script::{ParseError, Words, ensemble};

fn read(line: &str) -> Result<Ensemble, ParseError> {
    ensemble(&mut Words::of(1, line))
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let lines = [
        "ensemble",
        "ensemble 10",
        "ensemble 3 observers=7",
        "ensemble 9 observers=1",
        "ensemble 3 observers",
        "ensemble 3 colour=red",
        "ensemble 3 seed=99999999999999999999999",
        "ensemble 3 seed=1 seed=2",
        "ensemble 3 seed=",
        "ensemble 3 latency=2m",
        "ensemble 3 latency=5ms,6ms",
        "ensemble 3 tick=0s",
        "ensemble 3 initLimit=-1",
        "ensemble 3 sessionTimeout=4s",
        "ensemble 3 digest=perhaps",
        "ensemble 3 weights=1:0,2:0,3:0",
        "ensemble 3 weights=9:2 groups=1,2,3",
        "ensemble 3 weights=1:2,1:3 groups=1,2,3",
        "ensemble 3 epoch=9:2",
        "ensemble 3 zxid=8:1.2",
        "ensemble 3 zxid=3:1.6,3:1.7",
        "ensemble 3 zxid=3:1.6,2:1",
        "ensemble 3 zxid=3:1.99999",
        "ensemble 4 groups=1,2|3",
        "ensemble 3 groups=1,2|2,3",
        "ensemble 4 groups=1,2|3,7",
        "ensemble 4 observers=1 groups=1,2|3,4,5",
        "ensemble 4 groups=1,2|",
        "ensemble 3 faults=epoch-first,undead-logger,foo",
    ];
    let told: String = lines
        .into_iter()
        .map(|line| match read(line) {
            Ok(ensemble) => panic!("{line} became {ensemble}"),
            Err(error) => format!("{line}\n    {error}\n"),
        })
        .collect();
    expect![[r#"
        ensemble
            line 1, column 9: expected a number of servers from 1 to 9, found the end of the line
        ensemble 10
            line 1, column 10: expected a number of servers from 1 to 9, found `10`
        ensemble 3 observers=7
            line 1, column 22: expected a number of observers; with the voters there are at most 9 servers, found `7`
        ensemble 9 observers=1
            line 1, column 22: expected a number of observers; with the voters there are at most 9 servers, found `1`
        ensemble 3 observers
            line 1, column 12: expected a setting: observers=, seed=, latency=, tick=, initLimit=, syncLimit=, sessionTimeout=, finalizeWait=, weights=, groups=, zxid=, epoch=, disk=, extendedTypes=, enforceQuota=, containerCheck=, digest= or faults=, found `observers`
        ensemble 3 colour=red
            line 1, column 12: expected a setting: observers=, seed=, latency=, tick=, initLimit=, syncLimit=, sessionTimeout=, finalizeWait=, weights=, groups=, zxid=, epoch=, disk=, extendedTypes=, enforceQuota=, containerCheck=, digest= or faults=, found `colour=red`
        ensemble 3 seed=99999999999999999999999
            line 1, column 17: expected a whole number up to 18446744073709551615, found `99999999999999999999999`
        ensemble 3 seed=1 seed=2
            line 1, column 19: this setting stands there already
        ensemble 3 seed=
            line 1, column 17: expected a whole number up to 18446744073709551615, found the end of the line
        ensemble 3 latency=2m
            line 1, column 20: expected a latency such as 20ms or 5ms..30ms, at most one minute, found `2m`
        ensemble 3 latency=5ms,6ms
            line 1, column 23: expected a setting: observers=, seed=, latency=, tick=, initLimit=, syncLimit=, sessionTimeout=, finalizeWait=, weights=, groups=, zxid=, epoch=, disk=, extendedTypes=, enforceQuota=, containerCheck=, digest= or faults=, found `,`
        ensemble 3 tick=0s
            line 1, column 17: expected a span of time longer than 0, such as 200ms or 2s, at most 27h, found `0s`
        ensemble 3 initLimit=-1
            line 1, column 22: expected a whole number up to 4294967295, found `-1`
        ensemble 3 sessionTimeout=4s
            line 1, column 27: expected the shortest and the longest timeout of a session such as 4s..40s, at least one millisecond, found `4s`
        ensemble 3 digest=perhaps
            line 1, column 19: expected `yes` or `no`, found `perhaps`
        ensemble 3 weights=1:0,2:0,3:0
            line 1, column 20: weights need groups=: no server starts, because with a weight each must be in a group
        ensemble 3 weights=9:2 groups=1,2,3
            line 1, column 20: there is no server 9 in this ensemble
        ensemble 3 weights=1:2,1:3 groups=1,2,3
            line 1, column 24: server 1 is named twice
        ensemble 3 epoch=9:2
            line 1, column 18: there is no server 9 in this ensemble
        ensemble 3 zxid=8:1.2
            line 1, column 17: there is no server 8 in this ensemble
        ensemble 3 zxid=3:1.6,3:1.7
            line 1, column 23: server 3 is named twice
        ensemble 3 zxid=3:1.6,2:1
            line 1, column 23: expected a list of server:zxid such as 3:1.6,5:1.4, with counters up to 10000, found `2:1`
        ensemble 3 zxid=3:1.99999
            line 1, column 17: expected a list of server:zxid such as 3:1.6,5:1.4, with counters up to 10000, found `3:1.99999`
        ensemble 4 groups=1,2|3
            line 1, column 19: there are groups, and server 4 is in none
        ensemble 3 groups=1,2|2,3
            line 1, column 23: server 2 stands on two sides
        ensemble 4 groups=1,2|3,7
            line 1, column 25: there is no server 7 in this ensemble
        ensemble 4 observers=1 groups=1,2|3,4,5
            line 1, column 31: server 5 does not vote, so it is in no group
        ensemble 4 groups=1,2|
            line 1, column 23: expected groups of all voters such as groups=1,2,3|4,5,6, found the end of the line
        ensemble 3 faults=epoch-first,undead-logger,foo
            line 1, column 45: expected names of faults with commas between them; there are: epoch-from-zxid, range-diff, dirty-snapshot, memory-vote, partial-snap, ack-before-flush, epoch-first, early-acks, undead-logger, cache-hole, snap-on-empty-cache, unfiltered-watches, unchecked-exists, unflushed-acks, small-quorum, commit-unordered, found `foo`
    "#]].assert_eq(&told);
}

#[test]
fn a_list_may_be_written_with_blanks_and_names_observers_that_come_later() {
    let spaced = read(
        "ensemble 4 groups=1, 2 | 3 ,4 weights=1:2, 4:0 zxid=5:1.6 , 1:1.2 faults=epoch-first, cache-hole observers=1",
    );
    let close =
        read("ensemble 4 observers=1 groups=1,2|3,4 weights=1:2,4:0 zxid=5:1.6,1:1.2 faults=epoch-first,cache-hole");
    assert!(close.is_ok(), "{close:?}");
    assert_eq!(spaced, close);
}
