//! The order of a Java hash set: a server keeps the ephemeral znodes of a session in one, and sends a copy of it as it is.

/// Puts texts into the order in which a copied `java.util.HashSet` gives them: by the place that their hash takes in a
/// table of the size that a copy begins with. What shares a place stays in the order it came in; in Java that depends on
/// the whole history of the set.
pub fn sort<T: AsRef<str>>(texts: &mut [T]) {
    let places = table(texts.len());
    texts.sort_by_key(|text| spread(hash(text.as_ref())) & (places - 1));
}

/// How many places the table of a copy has: the power of two that fills it by three quarters at most
/// (`HashMap.putMapEntries`, as in Java 8 to 17).
fn table(texts: usize) -> u32 {
    let texts = u32::try_from(texts).unwrap_or(u32::MAX / 4);
    (texts.saturating_mul(4) / 3 + 1).next_power_of_two()
}

/// `String.hashCode`.
fn hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// `HashMap.hash`: the high half takes part, too.
fn spread(hash: u32) -> u32 {
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that Java's documentation defines; the surrogates of an emoji count one by one.
    #[test]
    fn hashes_are_those_of_java() {
        assert_eq!([hash(""), hash("a"), hash("ab"), hash("😀")], [0, 97, 97 * 31 + 98, 0xd83d * 31 + 0xde00]);
    }

    #[test]
    fn texts_stand_where_a_copied_set_has_them() {
        assert_eq!([0, 1, 2, 3, 6, 12, 13].map(table), [1, 2, 4, 8, 16, 32, 32]);
        let mut paths = ["/e1", "/e2", "/f1"];
        sort(&mut paths);
        assert_eq!(paths, ["/f1", "/e1", "/e2"]);
    }
}
