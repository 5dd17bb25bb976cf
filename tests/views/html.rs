//! HTML as text that a diff can be read in.

use std::collections::BTreeMap;

/// Elements that have no end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

/// A piece of HTML: text, or an element with its tags as they are written.
enum Node<'a> {
    Text(&'a str),
    Element { start: String, children: Vec<Node<'a>>, end: &'a str },
}

/// Reads nodes up to the end tag of the element around them. The page escapes `<` and `>` wherever they are no tag.
fn nodes<'a>(rest: &mut &'a str) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    while !rest.is_empty() && !rest.starts_with("</") {
        if !rest.starts_with('<') {
            found.push(Node::Text(take(rest, '<', 0)));
            continue;
        }
        let start = take(rest, '>', 1);
        let name = start.trim_matches(['<', '>', '/']).split(' ').next().unwrap_or_default();
        let (children, end) = match VOID.contains(&name) {
            true => (Vec::new(), ""),
            false => (nodes(rest), take(rest, '>', 1)),
        };
        assert!(end.is_empty() || end == format!("</{name}>"), "{start} ends with {end}");
        found.push(Node::Element { start: sorted(start), children, end });
    }
    found
}

/// A start tag with its class first and its other attributes by name: their order means nothing to a browser, so a
/// diff should not show it.
fn sorted(start: &str) -> String {
    let (name, mut rest) =
        start.trim_matches(['<', '>']).split_once(' ').unwrap_or((start.trim_matches(['<', '>']), ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let value = rest.find("=\"").map_or(rest.len(), |equals| equals + 2);
        let end = rest[value..].find('"').map_or(rest.len(), |quote| value + quote + 1);
        attributes.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    attributes.sort_by_key(|attribute| (!attribute.starts_with("class="), *attribute));
    let attributes: String = attributes.iter().map(|attribute| format!(" {attribute}")).collect();
    format!("<{name}{attributes}>")
}

/// Takes text up to a letter, with `more` letters from there on.
fn take<'a>(rest: &mut &'a str, up_to: char, more: usize) -> &'a str {
    let end = rest.find(up_to).map_or(rest.len(), |end| end + more);
    let (taken, after) = rest.split_at(end);
    *rest = after;
    taken
}

fn print(out: &mut String, node: &Node<'_>, depth: usize) {
    out.push_str(&"  ".repeat(depth));
    match node {
        Node::Element { start, children, end }
            if !children.is_empty() && children.iter().all(|child| matches!(child, Node::Element { .. })) =>
        {
            out.push_str(&format!("{start}\n"));
            children.iter().for_each(|child| print(out, child, depth + 1));
            out.push_str(&format!("{}{end}\n", "  ".repeat(depth)));
        }
        node => {
            flat(out, node);
            out.push('\n');
        }
    }
}

fn flat(out: &mut String, node: &Node<'_>) {
    match node {
        Node::Text(text) => out.push_str(text),
        Node::Element { start, children, end } => {
            out.push_str(start);
            children.iter().for_each(|child| flat(out, child));
            out.push_str(end);
        }
    }
}

/// One element a line, indented by its depth. An element with text of its own stands on one line with all that is
/// in it: its words belong together, and so do the spaces between them.
pub fn one_element_a_line(html: &str) -> String {
    let (mut rest, mut out) = (html, String::new());
    nodes(&mut rest).iter().for_each(|node| print(&mut out, node, 0));
    assert_eq!(rest, "", "every end has its start");
    out
}

/// The lines of one text that are not in the other (`-`), then those of the other that are not in the one (`+`),
/// both in their order.
pub fn changes(before: &str, after: &str) -> String {
    let without = |text: &str, other: &str, sign: char| {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for line in other.lines() {
            *left.entry(line).or_default() += 1;
        }
        let own = text.lines().filter(|line| match left.get_mut(line) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        own.map(|line| format!("{sign} {}\n", line.trim_start())).collect::<String>()
    };
    without(before, after, '-') + &without(after, before, '+')
}

#[test]
fn html_is_told_one_element_a_line() {
    let html = "<p id=\"c\" class=\"a b\">One <b>two</b><br>three</p><ul><li></li><li>four</li></ul>";
    let told = "<p class=\"a b\" id=\"c\">One <b>two</b><br>three</p>\n<ul>\n  <li></li>\n  <li>four</li>\n</ul>\n";
    assert_eq!(one_element_a_line(html), told);
    assert_eq!(changes("a\nb\nb\nc\n", "b\nc\nd\n"), "- a\n- b\n+ d\n");
}
