//! `efax` sends a page to `efax`, each in every class that it knows: Class 1, in which it speaks T.30 itself, and Class 2 and
//! 2.0, in which the modem does.

use std::fs;
use std::path::Path;

use offhook_sim::ModemProfile;
use offhook_tests::bench::Bench;
use offhook_tests::program::{Running, program};

/// Dots across a page of A4 as Group 3 has it, and eight dots in a byte.
const WIDTH: usize = 1728;

/// Rows that efax keeps for a header, which is empty here.
const HEADER: usize = 20;

/// A picture of so many rows, as bits of black: a frame, a diagonal, and bars of every width. The last row is white,
/// for efax leaves the last row of a bitmap out.
fn page(rows: usize) -> Vec<u8> {
    let is_black = |row: usize, column: usize| {
        let frame = !(4..rows - 5).contains(&row) || !(8..WIDTH - 8).contains(&column);
        let diagonal = (row * 3).abs_diff(column) < 3;
        let bars = (20..60).contains(&row) && column.is_multiple_of(row - 18);
        row + 1 < rows && (frame || diagonal || bars)
    };
    let dots = (0..rows).flat_map(|row| (0..WIDTH).map(move |column| (row, column)));
    let bits: Vec<bool> = dots.map(|(row, column)| is_black(row, column)).collect();
    bits.chunks(8)
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)))
        .collect()
}

/// The bits of a raw portable bitmap of a page's width.
fn bits_of(bitmap: &[u8]) -> Vec<u8> {
    let fields: Vec<&[u8]> = bitmap.splitn(4, u8::is_ascii_whitespace).collect();
    let [b"P4", width, _, bits] = fields.as_slice() else {
        panic!("no raw bitmap: {}", bitmap[..40.min(bitmap.len())].escape_ascii());
    };
    assert_eq!(*width, WIDTH.to_string().as_bytes());
    bits.to_vec()
}

/// The classes by the name that the option `-o` of efax has for each: 1, 2, and 2.0.
const CLASSES: [char; 3] = ['1', '2', '0'];

fn efax(folder: &Path, port: &str, class: char, arguments: &[&str]) -> Running {
    let mut command = program("efax");
    command.args([
        "-d",
        port,
        &format!("-o{class}"),
        "-x",
        &folder.join("lock").display().to_string(),
    ]);
    command.args(arguments).current_dir(folder);
    Running::start(&format!("efax on {port}"), command)
}

#[test]
fn efax_sends_a_page_and_efax_receives_it_dot_for_dot_in_every_class() {
    std::thread::scope(|scope| {
        for caller in CLASSES {
            for called in CLASSES {
                scope.spawn(move || a_page_crosses(caller, called));
            }
        }
    });
}

fn a_page_crosses(caller: char, called: char) {
    let bench = Bench::at_speed(4.0, &["101", "102"], &ModemProfile::quick());
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sent = page(200);
    let bitmap = [format!("P4\n{WIDTH} 200\n").as_bytes(), &sent].concat();
    fs::write(here.path().join("page.pbm"), bitmap).unwrap();

    let receiving = efax(
        there.path(),
        bench.port("102"),
        called,
        &["-iS0=1", "-w", "-r", "page"],
    );
    // The last that it asks of its modem before it waits for a call.
    bench.happens(match called {
        '1' => "102 <- AT+FRM=?",
        _ => "102 <- AT+FLI",
    });
    let sending = efax(
        here.path(),
        bench.port("101"),
        caller,
        &["-iZ", "-kZ", "-h", "", "-t", "T102", "page.pbm"],
    );
    sending.ends_well();
    receiving.ends_well();

    let mut render = program("efix");
    render.args(["-o", "pbm", "page.001"]).current_dir(there.path());
    let rendered = render.output().unwrap();
    let arrived = bits_of(&rendered.stdout);
    let (header, rest) = arrived.split_at(HEADER * WIDTH / 8);
    let (picture, foot) = rest.split_at(sent.len());
    assert!(
        picture == sent,
        "the page that arrived in class {called} is not the one that was sent in class {caller}"
    );
    assert!(
        [header, foot].concat().iter().all(|dots| *dots == 0),
        "nothing is around the picture"
    );
}
