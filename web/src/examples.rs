//! For each fault a run that it breaks: the shortest stories that end badly, in the command language of links. Each can
//! also be run without its fault, and then nothing is wrong.

use crate::route::Place;
use zooscope_core::recording::TRACE_VERSION;
use zooscope_core::rules::Fault;

/// A run that a fault breaks, with the fault switched on.
pub fn example(fault: Fault) -> Place {
    let name = Fault::ALL.iter().find(|(each, _)| *each == fault).map_or("", |(_, name)| name);
    let story = story(fault);
    // The first write is there, and everybody knows it, before the story begins.
    let first = if fault == Fault::PartialSnap { "start_2;start_3" } else { "start_all" };
    Place::Run(format!("{TRACE_VERSION};ensemble_3_latency=2ms_faults={name};{first};settle;write_3_a;{story};settle"))
}

fn story(fault: Fault) -> &'static str {
    match fault {
        Fault::EpochFromZxid => {
            "settle;crash_3;settle;partition_2_!_1,3;write_2_x;crash_2_after_flush_2.1;start_3;settle;write_3_y;settle;crash_3;crash_1;heal;start_2;start_3"
        }
        Fault::RangeDiff => {
            "settle;partition_3_!_1,2;write_3_x;crash_3_after_flush_1.2;settle;write_2_y;settle;heal;start_3;crash_3_after_promise_2;start_3"
        }
        Fault::DirtySnapshot => {
            "settle;crash_1;crash_2;write_3_x;crash_3_after_flush_1.2;start_2;start_3;until_state_3_=_LEADING;crash_3_after_snapshot;start_1;settle;start_3;crash_3_after_promise_2;start_3"
        }
        Fault::MemoryVote => "settle;cut_2-3;write_3_x;crash_3_after_flush_1.2;settle;write_2_y;settle;crash_1;start_1",
        Fault::PartialSnap => {
            "write_3_b;settle;start_1;until_state_1_=_FOLLOWING;until_zxid_1_=_1.2;partition_3_!_1,2;crash_3;settle;write_2_c;settle;crash_1;crash_2;heal;start_3;start_1"
        }
        Fault::AckBeforeFlush => {
            "settle;crash_1;crash_2;write_3_x;crash_3_after_flush_1.2;start_3;start_1;until_state_3_=_LEADING;until_epoch_3_=_2;crash_1_after_ack_2.0;until_serves_3_=_yes;crash_3;start_1;start_2"
        }
        Fault::EpochFirst => {
            "settle;crash_1;write_3_b;settle;crash_2;crash_3;start_3;start_1;until_epoch_3_=_2;crash_1_after_epoch_2;crash_3;start_1;start_2"
        }
        Fault::EarlyAcks => "settle;crash_1;write_3_b;settle;crash_2;crash_3;start_3;start_1",
        Fault::UndeadLogger => {
            "settle;disk_1_slow;write_3_b;until_zxid_2_=_1.2;cut_2-3;write_3_x;crash_3_after_flush_1.3;advance_97ms;until_state_1_=_FOLLOWING;disk_1_fast;settle;write_2_y;settle;crash_1;start_1"
        }
        Fault::CacheHole => {
            "settle;crash_1;crash_2;write_3_b;crash_3_after_flush_1.2;start_2;start_3;settle;write_3_c;settle;crash_3;start_1"
        }
        Fault::SnapOnEmptyCache => {
            "settle;crash_3;settle;crash_1;write_2_x;crash_2_after_flush_2.1;start_1;start_3;settle;crash_1;crash_3;start_1;start_2;settle;write_1_y;settle;crash_2;start_2"
        }
        Fault::UnfilteredWatches => {
            "client_a_connect_1;settle;a~_create_/x;settle;a~_addWatch_/x;settle;a~_setAcl_/x_world:anyone:w;settle;a~_set_/x_1"
        }
        Fault::UncheckedExists => {
            "client_a_connect_1;settle;a~_create_/x;settle;a~_setAcl_/x_world:anyone:w;settle;a~_stat_/x"
        }
        Fault::UnflushedAcks | Fault::SmallQuorum | Fault::CommitUnordered => "write_3_b",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Show;
    use zooscope_core::invariants::{Violation, check_moment, first_broken};
    use zooscope_core::recording::Recording;

    #[test]
    fn every_example_is_broken_by_its_fault_and_by_nothing_else() {
        for (fault, name) in Fault::ALL {
            let place = example(fault);
            let Place::Run(link) = &place else { panic!("{name} is a run") };
            let mut recording = Recording::decode(link).expect("the example can be read");
            // Otherwise the address of the run would change as soon as the page writes it anew.
            assert_eq!(&recording.encode(), link, "{name} is written as the page writes it");
            let show = Show::open(&place, None).expect("the example can be run");
            let broken = show.broken(show.count());
            assert!(!broken.is_empty(), "{name} breaks nothing");
            for (at, Violation { invariant, .. }) in broken {
                let breaks = |index: &usize| {
                    check_moment(show.history(), *index).iter().any(|violation| violation.invariant == invariant)
                };
                assert_eq!((0..=show.count()).find(breaks), Some(at), "{name} breaks {invariant:?} there first");
            }
            recording.ensemble.rules.faults.toggle(fault);
            assert!(recording.ensemble.rules.faults.is_empty(), "{name} is the only fault");
            let cured = recording.replay().unwrap_or_else(|error| panic!("without {name}: {error}"));
            assert_eq!(first_broken(&cured, cured.len()), [], "without {name}");
        }
    }
}
