//! What the page does, without a page.

use super::*;
use zooscope_core::recording::TRACE_VERSION;

fn flagship() -> AppState {
    AppState::at(Route::parse(""), Lang::En)
}

#[test]
fn stepping_back_visits_the_same_positions() {
    let mut state = flagship();
    let mut forward = vec![state.index];
    loop {
        state.apply(Action::StepForward);
        if state.index == *forward.last().expect("it began with one") {
            break;
        }
        forward.push(state.index);
    }
    assert_eq!(*forward.last().expect("there are positions"), state.show.count());
    let mut back = vec![state.index];
    while state.index > 0 {
        state.apply(Action::StepBack);
        back.push(state.index);
    }
    back.reverse();
    assert_eq!(forward, back);
    assert_eq!(state.furthest, state.show.count());
}

#[test]
fn a_question_is_skipped_only_when_it_is_passed() {
    let mut state = flagship();
    let asked = state.show.performance.find_beat("counted").expect("the flagship has it").at;
    state.apply(Action::Seek(asked));
    assert!(state.answers.is_empty());
    state.apply(Action::Answer { ask: "two-enough".into(), option: "yes".into() });
    state.apply(Action::End);
    let answer = |ask: &str| state.answers.get(ask).map(String::as_str);
    assert_eq!((answer("two-enough"), answer("who-leads")), (Some("yes"), Some("")));
}

#[test]
fn a_bad_address_keeps_the_page() {
    let mut state = AppState::at(Route::parse("#/r/zzzz"), Lang::En);
    assert!(matches!(state.notice, Some(Notice::CannotOpen(OpenError::Link(_)))));
    assert_eq!(state.show.place(), Place::Lesson("five-server-startup".into()));
    state.apply(Action::Seek(9));
    state.apply(Action::Open(Route::parse("#/lesson/unknown").expect("well formed")));
    assert_eq!((state.index, state.show.count() > 0), (9, true));
}

#[test]
fn the_address_leads_back_to_the_moment() {
    let mut state = flagship();
    state.apply(Action::Seek(53));
    let text = state.route().format();
    let again = AppState::at(Route::parse(&text), Lang::Zh);
    assert_eq!((again.index, again.lang), (53, Lang::En));
}

#[test]
fn a_switched_fault_is_another_run_at_the_same_place() {
    let link = format!("#/r/{TRACE_VERSION};ensemble_3;start_all;settle;write_3_a;settle");
    let mut state = AppState::at(Route::parse(&link), Lang::En);
    state.apply(Action::Seek(30));
    state.apply(Action::ToggleGrain);
    state.apply(Action::Tab(Tab::Log));
    state.apply(Action::Fault(Fault::UnflushedAcks));
    assert_eq!(
        state.route().format(),
        format!("{}?lang=en&at=+30", link.replace("ensemble_3;", "ensemble_3_faults=unflushed-acks;"))
    );
    assert_eq!((state.grain, state.tab, state.furthest), (Grain::Every, Tab::Log, 30));
    state.apply(Action::End);
    state.apply(Action::Fault(Fault::UnflushedAcks));
    assert_eq!((state.index, state.show.place()), (state.show.count(), Route::parse(&link).expect("a run").place));
    assert!(state.index > 30);
}

#[test]
fn the_sandbox_keeps_its_faults_when_its_size_changes() {
    let mut state = AppState::at(Route::parse("#/sandbox"), Lang::Zh);
    state.apply(Action::Fault(Fault::SmallQuorum));
    state.apply(Action::SandboxSize(7));
    let ensemble = state.show.history().ensemble();
    assert_eq!((ensemble.members.len(), ensemble.rules.faults.to_string()), (7, "small-quorum".to_string()));
}
