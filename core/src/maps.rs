//! Small maps are sorted vectors ([`litemap::LiteMap`]), filled entry by entry: collecting would bring a sorting
//! routine of several kilobytes into the page for each pair of types.

use litemap::LiteMap;

/// A map of these entries; a later one takes the place of an earlier one with the same key.
pub fn map_of<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> LiteMap<K, V> {
    let mut map = LiteMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}
