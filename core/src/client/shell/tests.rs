use super::*;
use crate::session::{Answer, Code};
use crate::tree::Path;

/// What a line prints and asks, as text; `!` before what goes to the standard error.
fn told(acts: Vec<Act>) -> Vec<String> {
    let tell = |act| match act {
        Act::Print(line) => format!("{}{}", if line.is_error { "!" } else { "" }, line.text),
        Act::Ask(operation) => format!("ask {} {}", operation.name(), operation.path().map_or("", |path| path)),
        Act::Connect(hosts) => format!("connect {hosts}"),
    };
    acts.into_iter().map(tell).collect()
}

fn one(line: &str) -> String {
    told(Shell::default().enter(line, true)).join(" / ")
}

fn reply(code: Code, answer: Answer) -> Reply {
    Reply { xid: 1, zxid: None, code, answer }
}

fn names(names: &[&str]) -> Reply {
    reply(Code::Ok, Answer::Children(names.iter().map(|name| Arc::from(*name)).collect(), None))
}

/// Answers what was asked last.
fn answer(shell: &mut Shell, asked: Operation, reply: &Reply) -> Vec<String> {
    told(shell.answered(&asked, reply))
}

#[test]
fn numbers_are_read_as_java_does() {
    assert_eq!(decode("12"), Ok(12));
    assert_eq!(decode("0x1f"), Ok(31));
    assert_eq!(decode("-#A"), Ok(-10));
    assert_eq!(decode("010"), Ok(8));
    assert_eq!(decode("0"), Ok(0));
    let start = "Exception in thread \"main\" java.lang.NumberFormatException:";
    assert_eq!(decode("x"), Err(format!("{start} For input string: \"x\"")));
    assert_eq!(decode("09"), Err(format!("{start} For input string: \"9\" under radix 8")));
    assert_eq!(decode("--1"), Err(format!("{start} Sign character in wrong position")));
    assert_eq!(decode(""), Err(format!("{start} Zero length string")));
    assert_eq!(decode("99999999999"), Err(format!("{start} For input string: \"99999999999\"")));
}

#[test]
fn what_cannot_be_asked_is_said_at_once() {
    assert_eq!(
        one("create -c -s /a"),
        "!-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential."
    );
    assert_eq!(one("create -t x /a"), "!-t argument must be a long value");
    assert_eq!(one("create -t 0 /a"), "!ttl must be positive and cannot be larger than: 1099511627775");
    assert_eq!(one("create -e -t 5 /a"), "!TTLs cannot be used with Ephemeral znodes");
    assert_eq!(one("create -s /a/"), "ask create /a/");
    assert_eq!(
        one("addWatch a"),
        "!Exception in thread \"main\" java.lang.IllegalArgumentException: Path must start with / character"
    );
    assert_eq!(one("setquota -n 0 /a"), "!the num quota must be greater than zero");
    assert_eq!(one("setquota -n 99999999999 /a"), "!NumberFormatException happens when parsing the option value");
    assert_eq!(one("setquota -b 99999999999 /a"), "ask exists /a");
    assert_eq!(one("setquota -n 1 /zookeeper/quota/a"), "!cannot set a quota under the path: /zookeeper/quota");
    assert_eq!(one("deleteall -b x /a"), "!-b argument must be an int value");
    assert_eq!(
        one("get /a true"),
        "!'get path [watch]' has been deprecated. Please use 'get [-s] [-w] path' instead. / ask getData /a"
    );
    assert_eq!(one("setAcl /a world:anyone:rx,,"), "!Unknown perm type: x / ask setACL /a");
    assert_eq!(one("setAcl /a ,"), "!Acl is not valid : null");
    assert_eq!(
        one("reconfig -add x -file y"),
        "!Can't use -file or -members together with -add or -remove (mixing incremental and non-incremental modes is not allowed)"
    );
    assert_eq!(one("reconfig -remove 1"), "ask reconfig ");
    assert_eq!(one("reconfig -file /no"), "!Error processing /no/no (No such file or directory)");
    assert_eq!(one("connect 1,2/kafka"), "!A chroot is not simulated: /kafka");
    assert_eq!(one("\""), "!Exception in thread \"main\" java.lang.NullPointerException: null");
    assert_eq!(one("connect zk2:2181,3"), "ask closeSession ");
}

#[test]
fn a_walk_visits_children_before_grandchildren() {
    let mut shell = Shell::default();
    assert_eq!(told(shell.enter("ls -R /", true)), ["ask getData /"]);
    let data = reply(Code::Ok, Answer::Data(None, crate::tree::Stat::default()));
    let below = |path: &str| Operation::GetChildren { path: Path::from(path), watch: false, with_stat: true };
    let top = Operation::GetData { path: Path::from("/"), watch: false };
    assert_eq!(answer(&mut shell, top, &data), ["/", "ask getChildren2 /"]);
    assert_eq!(answer(&mut shell, below("/"), &names(&["b", "a"])), ["/a", "/b", "ask getChildren2 /a"]);
    assert_eq!(answer(&mut shell, below("/a"), &names(&["c"])), ["/a/c", "ask getChildren2 /a/c"]);
    assert_eq!(answer(&mut shell, below("/a/c"), &reply(Code::NoNode, Answer::Nothing)), ["ask getChildren2 /b"]);
    assert_eq!(answer(&mut shell, below("/b"), &names(&[])), Vec::<String>::new());
    assert!(!shell.is_busy());
}

#[test]
fn an_answer_to_somebody_else_is_left_alone() {
    let mut shell = Shell::default();
    shell.enter("ls /", true);
    let other = Operation::GetChildren { path: Path::from("/a"), watch: false, with_stat: false };
    assert_eq!(answer(&mut shell, other, &names(&["x"])), Vec::<String>::new());
    assert!(shell.is_busy());
}

#[test]
fn redo_repeats_a_line_but_not_itself() {
    let mut shell = Shell::default();
    let mut type_in = |line: &str| told(shell.enter(line, false));
    assert_eq!(type_in("redo 0"), ["!Command index out of range"]);
    assert_eq!(type_in("printwatches"), ["printwatches is on", "Not connected"]);
    assert_eq!(type_in("redo 0"), ["!No redoing redos"]);
    assert_eq!(type_in("redo 1"), ["printwatches is on", "Not connected", "Not connected"]);
    let history = ["0 - redo 0", "1 - printwatches", "2 - redo 0", "3 - printwatches", "4 - history", "Not connected"];
    assert_eq!(type_in("history"), history);
}
