//! The two layers of votes. They stay in the document whatever else is open: they are part of its contract.

use super::PageProps;
use super::attributes::{class, flag, num, text};
use super::stage::{state_class, state_sign};
use crate::scene::ballots::{OwnRow, OwnTable, ServerRow, TallyRow, own_tables, servers, tally};
use crate::text::{Lang, Ui};
use yew::prelude::*;

/// Width of a bar when all vote for one.
const BAR: u64 = 180;

/// Both layers.
pub fn ballots(props: &PageProps) -> Html {
    let state = &props.state;
    let lang = state.lang;
    let world = state.show.world(state.index);
    let tally = tally(world);
    let row = |row: &TallyRow| tally_row(row, tally.quorum, tally.voters, lang);
    let server = |row: &ServerRow| server_row(row, lang);
    html! {
        <>
            <section class="tally" data-quorum={num(tally.quorum)} aria-label={lang.ui(Ui::Tally)}>
                <h2 title={lang.ui(Ui::TallyGloss)}>{ format!("{} · {}", lang.ui(Ui::Tally), lang.quorum_needs(tally.quorum)) }</h2>
                <p class="muted small gloss">{ lang.ui(Ui::TallyGloss) }</p>
                if tally.rows.is_empty() {
                    <p class="muted">{ lang.ui(Ui::Unstarted) }</p>
                }
                { for tally.rows.iter().map(row) }
            </section>
            <table class="servers">
                <thead><tr>
                    <th>{ lang.ui(Ui::Server) }</th><th>{ lang.ui(Ui::State) }</th><th>{ lang.ui(Ui::Vote) }</th>
                    <th>{ "zxid" }</th><th>{ lang.ui(Ui::Round) }</th>
                </tr></thead>
                <tbody>{ for servers(world, state.show.world(state.came_from)).iter().map(server) }</tbody>
            </table>
            <section class="knows" aria-label={lang.ui(Ui::Knows)}>
                <h2 title={lang.ui(Ui::KnowsGloss)}>{ lang.ui(Ui::Knows) }</h2>
                <p class="muted small gloss">{ lang.ui(Ui::KnowsGloss) }</p>
                { for own_tables(world).iter().map(|table| own_table(table, lang)) }
            </section>
        </>
    }
}

fn tally_row(row: &TallyRow, quorum: u64, voters: u64, lang: Lang) -> Html {
    let unit = BAR / voters.max(1);
    let class = if row.votes >= quorum { "bar enough" } else { "bar" };
    html! {
        <div key={row.candidate.0} class="tally-row" data-tally-for={num(row.candidate.0)} data-votes={num(row.votes)}>
            <span>{ lang.candidate(row.candidate) }</span>
            <svg class={class} viewBox={text(format!("0 0 {BAR} 22"))} preserveAspectRatio="none" aria-hidden="true">
                <rect class="ground" y="1" width={num(BAR)} height="20" rx="4" />
                <rect class="fill" y="1" width={num(unit * row.votes)} height="20" rx="4" />
                <line class="mark" x1={num(unit * quorum)} x2={num(unit * quorum)} y1="0" y2="22" />
            </svg>
            <strong>{ lang.votes(row.votes) }</strong>
        </div>
    }
}

fn server_row(row: &ServerRow, lang: Lang) -> Html {
    let running = row.state.is_some();
    let class = class(&[state_class(row.state), if row.was.is_some() { "changed" } else { "" }]);
    html! {
        <tr key={row.sid.0} class={class}>
            <td>{ row.sid.to_string() }</td>
            <td class="state-word">{ format!("{} {}", state_sign(row.state), lang.state(row.state, true)) }</td>
            <td>
                if let Some(was) = row.was {
                    <s>{ was.to_string() }</s>{ " → " }
                }
                { row.vote.map_or_else(|| "–".to_string(), |vote| vote.to_string()) }
            </td>
            <td title={running.then(|| format!("{:#x}", row.zxid.to_bits()))}>{ if running { row.zxid.to_string() } else { "–".into() } }</td>
            <td>{ if running { row.round.to_string() } else { "–".into() } }</td>
        </tr>
    }
}

fn own_table(table: &OwnTable, lang: Lang) -> Html {
    html! {
        <section key={table.of.0} class="own" data-table-of={num(table.of.0)} aria-label={lang.table_of(table.of)}>
            <h3>{ lang.table_of(table.of) }</h3>
            if table.rows.is_empty() {
                <p class="muted small">{ lang.ui(Ui::Empty) }</p>
            }
            <div class="slips">{ for table.rows.iter().map(|row| own_row(row, lang)) }</div>
        </section>
    }
}

fn own_row(row: &OwnRow, lang: Lang) -> Html {
    let class = class(&["own-row", state_class(Some(row.state)), if row.stale { "stale" } else { "" }]);
    html! {
        <div key={row.sender.0} class={class} data-sender={num(row.sender.0)} data-vote={num(row.vote.0)}
            data-sender-state={row.state.word()} data-round={num(row.round)} data-stale={flag(row.stale)}
            title={text(format!("{} {}", lang.ui(Ui::Round), row.round))}>
            <span class="pair">{ format!("{} → {}", row.sender, row.vote) }</span>
            <span class="state-word">{ format!("{} {}", state_sign(Some(row.state)), row.state.word()) }</span>
            if row.stale {
                <span class="badge" title={lang.ui(Ui::StaleGloss)}>{ lang.ui(Ui::Stale) }</span>
            }
        </div>
    }
}
