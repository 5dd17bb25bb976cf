//! A small static server for a folder: enough HTTP for a browser on the same machine, from the standard library only.

use crate::arguments::Arguments;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The longest request line plus headers that is read; browsers send about one kilobyte.
const REQUEST_LIMIT: u64 = 64 * 1024;

/// A connection on which nothing arrives for this long is dropped: browsers open spare ones.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// `serve [--dir D] [--port N]`: for tests and for looking at a build; ends when standard input closes.
pub fn command(mut arguments: Arguments) -> Result<()> {
    let folder = arguments.path("--dir")?.unwrap_or_else(workspace::dist);
    let port = arguments.value("--port")?.unwrap_or(0);
    arguments.finish()?;
    let listener = bind(port)?;
    println!("{}", address(&listener)?);
    io::stdout().flush()?;
    spawn(listener, folder);
    // A test that dies closes the pipe, so no server outlives the test that started it.
    io::copy(&mut io::stdin(), &mut io::sink()).context("cannot read standard input")?;
    Ok(())
}

/// Takes a port on the loopback address; port 0 takes any free one.
pub fn bind(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("cannot listen on 127.0.0.1:{port}; `--port N` takes another port (`cargo run -- --port 8081`)")
    })
}

/// The address of the page that a listener serves.
pub fn address(listener: &TcpListener) -> Result<String> {
    let address: SocketAddr = listener.local_addr().context("the listener has no address")?;
    Ok(format!("http://{address}/"))
}

/// Answers requests for files below `folder` on another thread, until the process ends.
pub fn spawn(listener: TcpListener, folder: PathBuf) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let folder = folder.clone();
            // A browser that goes away in the middle of an answer is no event.
            thread::spawn(move || answer(connection, &folder).ok());
        }
    })
}

/// Reads one request and answers it; every connection carries one, which is the simplest thing that is correct.
fn answer(mut connection: TcpStream, folder: &Path) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE_LIMIT))?;
    let mut reader = BufReader::new(connection.try_clone()?.take(REQUEST_LIMIT));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let (head, body) = respond(&request, folder);
    connection.write_all(head.as_bytes())?;
    if !request.starts_with("HEAD ") {
        connection.write_all(&body)?;
    }
    connection.flush()
}

/// The head and the body that answer a request line.
fn respond(request: &str, folder: &Path) -> (String, Vec<u8>) {
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !matches!(method, "GET" | "HEAD") {
        return plain("405 Method Not Allowed", "Allow: GET, HEAD\r\n", "Only GET and HEAD are answered.\n");
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match find(path, folder) {
        Some(Found::File(file)) => match fs::read(&file) {
            Ok(body) => (head("200 OK", content_type(&file), body.len(), ""), body),
            Err(error) => plain("500 Internal Server Error", "", &format!("{error}\n")),
        },
        // Without the slash the relative addresses of the page would miss the folder.
        Some(Found::Folder) => plain("301 Moved Permanently", &format!("Location: {path}/\r\n"), "Moved.\n"),
        None => {
            let body = "<!doctype html><meta charset=utf-8><title>404</title><p>没有这个文件。There is no such file.";
            (head("404 Not Found", "text/html; charset=utf-8", body.len(), ""), body.into())
        }
    }
}

/// What a request path names.
enum Found {
    File(PathBuf),
    /// A folder whose path was asked for without the final slash.
    Folder,
}

/// Finds the file for a request path; `None` if there is none, or if the path leads out of the folder.
fn find(path: &str, folder: &Path) -> Option<Found> {
    let decoded = percent_decode(path.strip_prefix('/')?)?;
    if decoded.contains(['\\', '\0']) || decoded.split('/').any(|part| part == "..") {
        return None;
    }
    let folder = folder.canonicalize().ok()?;
    let wanted = folder.join(decoded.trim_start_matches('/')).canonicalize().ok()?;
    // Resolved before the comparison, so a symbolic link cannot lead outside either.
    if !wanted.starts_with(&folder) {
        return None;
    }
    match wanted.is_dir() {
        false => Some(Found::File(wanted)),
        true if decoded.is_empty() || decoded.ends_with('/') => {
            Some(wanted.join("index.html")).filter(|index| index.is_file()).map(Found::File)
        }
        true => Some(Found::Folder),
    }
}

/// Decodes `%xx`; `None` if the result is no UTF-8 or an escape is broken.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn plain(status: &str, headers: &str, body: &str) -> (String, Vec<u8>) {
    (head(status, "text/plain; charset=utf-8", body.len(), headers), body.into())
}

fn head(status: &str, content_type: &str, length: usize, headers: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n{headers}\r\n"
    )
}

/// The type that a browser needs to be told; the server sends `nosniff`, so none is guessed.
fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json; charset=utf-8",
        Some("json") => "application/json; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("md") => "text/markdown; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one page, beside a file that must never be served.
    fn sample(name: &str) -> PathBuf {
        let outer = std::env::temp_dir().join(format!("zooscope-serve-{}-{name}", std::process::id()));
        let folder = outer.join("site/sub");
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(outer.join("secret.txt"), "secret").expect("the file can be written");
        fs::write(outer.join("site/index.html"), "root").expect("the file can be written");
        fs::write(folder.join("index.html"), "sub").expect("the file can be written");
        fs::write(folder.join("a b.wasm"), "wasm").expect("the file can be written");
        outer.join("site")
    }

    fn get(site: &Path, path: &str) -> (String, String) {
        let (head, body) = respond(&format!("GET {path} HTTP/1.1\r\n"), site);
        (head.lines().next().unwrap_or_default().to_owned(), String::from_utf8_lossy(&body).into_owned())
    }

    #[test]
    fn folders_answer_with_their_page() {
        let site = sample("folders");
        assert_eq!(get(&site, "/").1, "root");
        assert_eq!(get(&site, "/?embed=1").1, "root");
        assert_eq!(get(&site, "/sub/").1, "sub");
        let (head, _) = respond("GET /sub HTTP/1.1\r\n", &site);
        assert!(head.contains("301") && head.contains("Location: /sub/"), "{head}");
    }

    #[test]
    fn files_answer_with_their_type() {
        let site = sample("types");
        let (head, body) = respond("GET /sub/a%20b.wasm HTTP/1.1\r\n", &site);
        assert!(head.contains("Content-Type: application/wasm"), "{head}");
        assert_eq!(body, b"wasm");
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let site = sample("traversal");
        for path in
            ["/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt", "//etc/passwd", "/..\\secret.txt"]
        {
            assert_eq!(get(&site, path).0, "HTTP/1.1 404 Not Found", "{path}");
        }
    }

    #[test]
    fn other_methods_are_refused() {
        let (head, _) = respond("POST / HTTP/1.1\r\n", &sample("methods"));
        assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    }

    #[test]
    fn a_served_page_arrives_over_the_network() {
        let listener = bind(0).expect("some port is free");
        let port = listener.local_addr().expect("it has an address").port();
        spawn(listener, sample("network"));
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens");
        connection.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").expect("the request is taken");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the answer is text");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\nroot"), "{answer}");
    }
}
