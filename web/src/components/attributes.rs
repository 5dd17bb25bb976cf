//! Values of attributes. One function each keeps the conversion out of the dozens of places that need it: the
//! page is a fifth smaller for it.

use yew::AttrValue;

/// A number.
pub fn num(value: impl TryInto<i64>) -> AttrValue {
    // Every number of the page is far below the limits of 64 bits.
    digits(value.try_into().unwrap_or(0))
}

#[inline(never)]
fn digits(value: i64) -> AttrValue {
    AttrValue::from(value.to_string())
}

/// A string that was just made.
#[inline(never)]
pub fn text(value: String) -> AttrValue {
    AttrValue::from(value)
}

/// `true` or `false`.
#[inline(never)]
pub fn flag(value: bool) -> AttrValue {
    AttrValue::Static(if value { "true" } else { "false" })
}

/// Names of classes, the empty ones left out.
#[inline(never)]
pub fn class(names: &[&str]) -> AttrValue {
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    AttrValue::from(names.join(" "))
}

/// A place on the stage or in the diagram, as a transformation.
#[inline(never)]
pub fn translate(x: i32, y: i32) -> AttrValue {
    AttrValue::from(format!("translate({x} {y})"))
}
