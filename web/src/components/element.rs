//! Elements, built by a call. yew's `html!` writes out several hundred bytes of machine code for each element of
//! the page; here one function builds them all, and the page is a quarter smaller. Components are still yew's.

use std::rc::Rc;
use yew::html::onclick;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, VList, VNode, VTag, VText};
use yew::{AttrValue, Callback, Html, MouseEvent};

/// `el!("li", "class" = class, "data-row" = number; click(callback); child, child)`: an element with attributes,
/// listeners and children. An attribute that is `None` is left out.
macro_rules! el {
    ($tag:literal $(, $name:literal = $value:expr)* $(; $($child:expr),* $(,)?)?) => {
        $crate::components::element::Element::new()
            $(.value($value))*
            $($(.part($child))*)?
            .named($tag, const { &[$($name),*] })
    };
}
pub(crate) use el;

/// An element being built. It is passed on by its address, and each step is a call: what a page costs is what
/// its elements cost.
pub struct Element {
    values: Vec<Option<AttributeOrProperty>>,
    parts: Vec<Part>,
}

impl Element {
    /// The beginning of an element.
    #[inline(never)]
    pub fn new() -> Box<Element> {
        Box::new(Element { values: Vec::new(), parts: Vec::new() })
    }

    /// The value of the next attribute.
    #[inline(never)]
    pub fn value<V: ToAttribute>(mut self: Box<Element>, value: V) -> Box<Element> {
        self.values.push(value.to_attribute().map(AttributeOrProperty::Attribute));
        self
    }

    /// The next part.
    #[inline(never)]
    pub fn part<C: ToChild>(mut self: Box<Element>, part: C) -> Box<Element> {
        self.parts.push(part.to_child());
        self
    }

    /// The end: the element's tag, and the names of its attributes in the order of their values.
    #[inline(never)]
    #[expect(clippy::boxed_local, reason = "it is built by its address, and this ends the building")]
    pub fn named(self: Box<Element>, tag: &'static str, keys: &'static [&'static str]) -> Html {
        let mut element = VTag::new(tag);
        element.attributes = Attributes::Dynamic { keys, values: self.values.into() };
        for part in self.parts {
            match part {
                Part::Child(child) => element.add_child(child),
                Part::Listener(listener) => {
                    element.add_listener(listener);
                }
                Part::Key(key) => element.key = Some(key),
            }
        }
        element.into()
    }
}

/// What an element is made of beside its attributes.
pub enum Part {
    /// A child.
    Child(Html),
    /// Something it listens to.
    Listener(Rc<dyn Listener>),
    /// Its key among its siblings.
    Key(Key),
}

/// A click on the element.
#[inline(never)]
pub fn click(callback: Callback<MouseEvent>) -> Part {
    Part::Listener(Rc::new(onclick::Wrapper::new(callback)))
}

/// Its key among its siblings, so that it stays itself while others come and go.
pub fn key(key: impl Into<Key>) -> Part {
    Part::Key(key.into())
}

/// What can be the value of an attribute.
pub trait ToAttribute {
    /// The value, or nothing when the attribute is to be left out.
    fn to_attribute(self) -> Option<AttrValue>;
}

impl ToAttribute for &'static str {
    fn to_attribute(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl ToAttribute for AttrValue {
    fn to_attribute(self) -> Option<AttrValue> {
        Some(self)
    }
}

impl ToAttribute for String {
    #[inline(never)]
    fn to_attribute(self) -> Option<AttrValue> {
        Some(AttrValue::from(self))
    }
}

impl ToAttribute for bool {
    #[inline(never)]
    fn to_attribute(self) -> Option<AttrValue> {
        Some(AttrValue::Static(if self { "true" } else { "false" }))
    }
}

impl ToAttribute for i64 {
    #[inline(never)]
    fn to_attribute(self) -> Option<AttrValue> {
        Some(AttrValue::from(self.to_string()))
    }
}

impl ToAttribute for i32 {
    fn to_attribute(self) -> Option<AttrValue> {
        i64::from(self).to_attribute()
    }
}

impl ToAttribute for usize {
    fn to_attribute(self) -> Option<AttrValue> {
        // Counts on this page are far below the limits of 63 bits.
        (self as i64).to_attribute()
    }
}

impl ToAttribute for u64 {
    fn to_attribute(self) -> Option<AttrValue> {
        (self as i64).to_attribute()
    }
}

impl ToAttribute for zooscope_core::ids::Sid {
    fn to_attribute(self) -> Option<AttrValue> {
        i64::from(self.0).to_attribute()
    }
}

impl<T: ToAttribute> ToAttribute for Option<T> {
    fn to_attribute(self) -> Option<AttrValue> {
        self.and_then(ToAttribute::to_attribute)
    }
}

/// What can be a part of an element.
pub trait ToChild {
    /// The part.
    fn to_child(self) -> Part;
}

impl ToChild for Part {
    fn to_child(self) -> Part {
        self
    }
}

impl ToChild for Html {
    fn to_child(self) -> Part {
        Part::Child(self)
    }
}

impl ToChild for Option<Html> {
    fn to_child(self) -> Part {
        Part::Child(self.unwrap_or_default())
    }
}

impl ToChild for Vec<Html> {
    fn to_child(self) -> Part {
        Part::Child(list(self))
    }
}

impl ToChild for &'static str {
    #[inline(never)]
    fn to_child(self) -> Part {
        Part::Child(VNode::VText(VText::new(self)))
    }
}

impl ToChild for String {
    #[inline(never)]
    fn to_child(self) -> Part {
        Part::Child(VNode::VText(VText::new(self)))
    }
}

/// Several elements in place of one.
#[inline(never)]
pub fn list(children: Vec<Html>) -> Html {
    VNode::VList(Rc::new(VList::with_children(children, None)))
}

/// A list of terms with what they mean.
pub fn pairs(pairs: Vec<(Html, &'static str)>) -> Html {
    let pair = |(term, meaning): (Html, &'static str)| [el!("dt"; term), el!("dd"; meaning)];
    el!("dl"; pairs.into_iter().flat_map(pair).collect::<Vec<Html>>())
}

/// Nothing.
pub fn nothing() -> Html {
    list(Vec::new())
}

/// Names of classes, the empty ones left out.
#[inline(never)]
pub fn class(names: &[&str]) -> String {
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    names.join(" ")
}

/// A place on the stage or in the diagram, as a transformation.
#[inline(never)]
pub fn translate(x: i32, y: i32) -> String {
    format!("translate({x} {y})")
}
