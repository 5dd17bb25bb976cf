//! The rail's tree: the copies of all servers, equal ones together.

use super::PageProps;
use super::element::{class, el, key};
use crate::scene::tree::{Kind, Replica, Row, replicas};
use crate::text::{Lang, Ui};
use yew::Html;

/// Every server's copy of the tree.
pub fn tree(props: &PageProps) -> Html {
    let lang = props.state.lang;
    let world = props.state.show.world(props.state.index);
    let replicas = replicas(&world);
    let empty = replicas.is_empty().then(|| el!("p", "class" = "muted"; lang.ui(Ui::NothingYet)));
    let views: Vec<Html> = replicas.iter().map(|replica| replica_view(replica, lang)).collect();
    el!("section", "class" = "trees", "aria-label" = lang.ui(Ui::Tree); empty, views)
}

fn replica_view(replica: &Replica, lang: Lang) -> Html {
    let first = replica.servers.first().map_or(0, |sid| sid.0);
    let mark = (!replica.as_leader).then(|| el!("span", "class" = "tag differs"; lang.ui(Ui::Differs)));
    let rows: Vec<Html> = replica.rows.iter().enumerate().map(|(place, row)| row_view(row, place, lang)).collect();
    let more = (replica.more > 0).then(|| el!("li", "class" = "muted small"; format!("… +{}", replica.more)));
    let body = el!("ul", "class" = "znodes"; rows, more);
    // Each server has an element of its own for whoever looks for it; equal copies are written once.
    let wrapped = replica.servers.iter().fold(body, |inside, sid| el!("div", "data-replica" = *sid; inside));
    el!("section", "class" = "replica"; key(usize::from(first)),
        el!("h3"; lang.servers(&replica.servers), " ",
            el!("span", "class" = "muted small"; lang.applied_to(replica.last)), mark),
        wrapped)
}

fn row_view(row: &Row, place: usize, lang: Lang) -> Html {
    let name = if row.depth == 0 { "/" } else { row.path.rsplit('/').next().unwrap_or("") };
    let indent: String = "\u{2003}".repeat(row.depth);
    let badge = match &row.kind {
        Kind::Persistent => None,
        Kind::Ephemeral(owner) => Some(el!("span", "class" = "tag ephemeral"; lang.ephemeral(owner))),
        Kind::Container => Some(el!("span", "class" = "tag"; lang.ui(Ui::Container))),
        Kind::Ttl => Some(el!("span", "class" = "tag"; "TTL")),
    };
    let watched = (!row.watchers.is_empty())
        .then(|| el!("span", "class" = "tag watched"; lang.watched_by(&row.watchers.join(lang.pick("、", ", ")))));
    let data = match &row.data {
        Some(data) if data.is_empty() => None,
        Some(data) => Some(el!("span", "class" = "value"; data.clone())),
        None => Some(el!("span", "class" = "muted"; "null")),
    };
    let owner = match &row.kind {
        Kind::Ephemeral(owner) => Some(owner.to_string()),
        _ => None,
    };
    el!("li", "class" = class(&["znode", if row.differs { "differs" } else { "" }]), "data-znode" = row.path.to_string(),
        "data-version" = row.version, "data-owner" = owner;
        key(place),
        el!("span", "aria-hidden" = "true"; indent),
        el!("span", "class" = "name"; name.to_string()), " ", data, " ", badge, watched)
}
