//! One number for the whole tree: equal trees have equal digests, and it can be kept up to date as nodes come and go
//! (`DigestCalculator` version 2, dossier §4.11).

use super::data_tree::Znode;
use super::path;

const CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);

/// What one znode contributes: the CRC-32 of its path, its data and its stat. What stands below `/zookeeper` does not
/// count, since servers write there by themselves.
pub fn of(path: &str, znode: &Znode) -> u64 {
    let below_reserved = path.strip_prefix(path::RESERVED).is_some_and(|rest| rest.starts_with('/'));
    if below_reserved {
        return 0;
    }
    let stat = &znode.stat;
    let mut block = [0; 60];
    let mut put = |place: usize, value: u64| block[place..place + 8].copy_from_slice(&value.to_be_bytes());
    put(0, stat.czxid.to_bits());
    put(8, stat.mzxid.to_bits());
    put(16, stat.pzxid.to_bits());
    put(24, stat.ctime);
    put(32, stat.mtime);
    put(52, stat.owner.to_bits());
    for (place, value) in [(40, stat.version), (44, stat.cversion), (48, stat.aversion)] {
        block[place..place + 4].copy_from_slice(&value.to_be_bytes());
    }
    let mut crc = CRC.digest();
    crc.update(if path == "/" { "" } else { path }.as_bytes());
    crc.update(znode.data.as_deref().unwrap_or_default());
    crc.update(&block);
    u64::from(crc.finalize())
}
