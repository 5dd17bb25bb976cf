//! When a set of servers is enough. Pure arithmetic, nothing else.

use crate::ids::Sid;
use crate::sids::Sids;
use litemap::LiteMap;

/// The rule that decides whether a set of voters is a quorum (`QuorumVerifier`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuorumRule {
    /// More than half of the voters.
    Majority {
        /// Number of voters in the configuration.
        voters: usize,
    },
    /// More than half of the weight in more than half of the groups that have any weight (`QuorumHierarchical`).
    Hierarchical {
        /// Group of each voter.
        group_of: LiteMap<Sid, u8>,
        /// Weight of each voter; a voter of weight 0 neither counts nor can be elected.
        weight_of: LiteMap<Sid, u32>,
    },
}

impl QuorumRule {
    /// Whether `set` is a quorum. Members that are not voters must have been left out by the caller.
    pub fn is_quorum(&self, set: Sids) -> bool {
        match self {
            QuorumRule::Majority { voters } => set.len() > voters / 2,
            QuorumRule::Hierarchical { group_of, weight_of } => {
                let mut total: LiteMap<u8, u32> = LiteMap::new();
                let mut have: LiteMap<u8, u32> = LiteMap::new();
                for (sid, group) in group_of {
                    let weight = weight_of.get(sid).copied().unwrap_or(1);
                    *total.entry(*group).or_default() += weight;
                    if set.contains(*sid) {
                        *have.entry(*group).or_default() += weight;
                    }
                }
                let groups = total.values().filter(|weight| **weight > 0).count();
                let won = total
                    .iter()
                    .filter(|(group, weight)| **weight > 0 && have.get(group).copied().unwrap_or(0) > **weight / 2)
                    .count();
                won > groups / 2
            }
        }
    }

    /// The weight of `sid`: 1 for every voter of a majority rule.
    pub fn weight(&self, sid: Sid) -> u32 {
        match self {
            QuorumRule::Majority { .. } => 1,
            QuorumRule::Hierarchical { weight_of, .. } => weight_of.get(&sid).copied().unwrap_or(1),
        }
    }

    /// The smallest number of servers that can be a quorum: 3 of 5 by majority. It is a lower bound for a
    /// hierarchical rule, where which servers they are matters as well.
    pub fn smallest(&self) -> usize {
        match self {
            QuorumRule::Majority { voters } => voters / 2 + 1,
            QuorumRule::Hierarchical { group_of, weight_of } => {
                let mut members: LiteMap<u8, Vec<u32>> = LiteMap::new();
                for (sid, group) in group_of.iter() {
                    let weight = weight_of.get(sid).copied().unwrap_or(1);
                    if weight > 0 {
                        members.entry(*group).or_default().push(weight);
                    }
                }
                let mut needs: Vec<usize> = members.iter().map(|(_, weights)| heaviest_majority(weights)).collect();
                let mut smallest = 0;
                for _ in 0..needs.len() / 2 + 1 {
                    // The groups that need the fewest come first; there are never more than a handful.
                    let least = (0..needs.len()).min_by_key(|index| needs[*index]);
                    smallest += least.map_or(0, |index| needs.swap_remove(index));
                }
                smallest
            }
        }
    }
}

/// How many members, the heaviest first, have more than half of the weight.
fn heaviest_majority(weights: &[u32]) -> usize {
    let total: u32 = weights.iter().sum();
    let mut rest = weights.to_vec();
    let (mut sum, mut count) = (0, 0);
    while sum <= total / 2
        && let Some(heaviest) = (0..rest.len()).max_by_key(|index| rest[*index])
    {
        sum += rest.swap_remove(heaviest);
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u8]) -> Sids {
        ids.iter().copied().map(Sid).collect()
    }

    #[test]
    fn a_majority_is_more_than_half() {
        for (voters, enough) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)] {
            let rule = QuorumRule::Majority { voters };
            let ids: Vec<u8> = (1..=voters as u8).collect();
            assert!(rule.is_quorum(set(&ids[..enough])), "{enough} of {voters}");
            assert!(!rule.is_quorum(set(&ids[..enough - 1])), "{} of {voters}", enough - 1);
            assert_eq!(rule.smallest(), enough);
        }
    }

    #[test]
    fn groups_need_a_majority_of_groups_each_with_a_majority_of_weight() {
        let group_of = (1..=9).map(|id| (Sid(id), (id - 1) / 3)).collect::<LiteMap<_, _>>();
        let mut weight_of = LiteMap::new();
        let rule = QuorumRule::Hierarchical { group_of: group_of.clone(), weight_of: weight_of.clone() };
        assert!(rule.is_quorum(set(&[1, 2, 4, 5])));
        assert!(!rule.is_quorum(set(&[1, 2, 3, 4, 7])), "five of nine, but a majority in one group only");
        assert_eq!(rule.smallest(), 4);
        // A group without weight takes no part: of the other two, more than half means both.
        weight_of.extend([7, 8, 9].map(|id| (Sid(id), 0)));
        let rule = QuorumRule::Hierarchical { group_of, weight_of };
        assert!(!rule.is_quorum(set(&[1, 2, 7, 8, 9])));
        assert!(rule.is_quorum(set(&[1, 2, 4, 5])));
    }
}
