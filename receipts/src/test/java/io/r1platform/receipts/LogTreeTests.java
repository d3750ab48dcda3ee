package io.r1platform.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sigstore.merkle.InclusionProofVerifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Roots and proofs: RFC 6962's vectors, every index and size up to 70, and sigstore's verifier. */
class LogTreeTests {
  private static final int SIZES = 70;
  private static final Hasher HASHER = new Hasher();

  /** The entries and roots with which Certificate Transparency's implementations are tested. */
  private static final List<String> ENTRIES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final List<Hash> leaves = leaves(SIZES);
  private final LogTree tree = new LogTree(nodes(leaves), HASHER);

  @Test
  void rootsAreThoseOfCertificateTransparency() {
    var entries = ENTRIES.stream().map(e -> HASHER.leaf(HexFormat.of().parseHex(e))).toList();
    var frontier = new Frontier(HASHER);
    assertThat(frontier.root().hex())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (int size = 1; size <= entries.size(); size++) {
      frontier.append(entries.get(size - 1));
      assertThat(new LogTree(nodes(entries), HASHER).root(size).hex())
          .isEqualTo(ROOTS.get(size - 1));
      assertThat(frontier.root().hex()).isEqualTo(ROOTS.get(size - 1));
    }
  }

  @Test
  void everyLeafIsProvedInEveryTreeAndNowhereElse() throws Exception {
    for (int size = 1; size <= SIZES; size++) {
      Hash root = tree.root(size);
      for (int index = 0; index < size; index++) {
        List<Hash> proof = tree.inclusion(index, size);
        Proofs.included(HASHER, leaves.get(index), index, size, proof, root);
        InclusionProofVerifier.verify(
            leaves.get(index).bytes(),
            index,
            size,
            proof.stream().map(Hash::bytes).toList(),
            root.bytes());
        refused(leaves.get(index), index + 1, size, proof, root);
        refused(leaves.get((index + 1) % SIZES), index, size, proof, root);
        refused(flipped(leaves.get(index), index), index, size, proof, root);
        for (int i = 0; i < proof.size(); i++) {
          var changed = new ArrayList<>(proof);
          changed.set(i, flipped(proof.get(i), index + i));
          refused(leaves.get(index), index, size, changed, root);
        }
        var longer = new ArrayList<>(proof);
        longer.add(root);
        refused(leaves.get(index), index, size, longer, root);
        if (!proof.isEmpty()) {
          refused(leaves.get(index), index, size, proof.subList(1, proof.size()), root);
        }
      }
    }
  }

  private static void refused(Hash leaf, long index, long size, List<Hash> proof, Hash root) {
    assertThatThrownBy(() -> Proofs.included(HASHER, leaf, index, size, proof, root))
        .isInstanceOf(NotGenuine.class);
  }

  @Test
  void everyTreeContinuesEverySmallerOneAndNoOther() {
    for (int size = 1; size <= SIZES; size++) {
      Hash root = tree.root(size);
      for (int old = 0; old <= size; old++) {
        Hash before = old == 0 ? new Frontier(HASHER).root() : tree.root(old);
        List<Hash> proof = tree.consistency(old, size);
        Proofs.consistent(HASHER, old, before, size, root, proof);
        if (old > 0) {
          int from = old;
          long to = size;
          assertThatThrownBy(
                  () -> Proofs.consistent(HASHER, from, flipped(before, from), to, root, proof))
              .isInstanceOf(NotGenuine.class);
          assertThatThrownBy(
                  () -> Proofs.consistent(HASHER, from, before, to, flipped(root, from), proof))
              .isInstanceOf(NotGenuine.class);
        }
        for (int i = 0; i < proof.size(); i++) {
          var changed = new ArrayList<>(proof);
          changed.set(i, flipped(proof.get(i), i));
          int from = old;
          long to = size;
          assertThatThrownBy(() -> Proofs.consistent(HASHER, from, before, to, root, changed))
              .isInstanceOf(NotGenuine.class);
        }
      }
    }
  }

  @Test
  void oneProofProvesManyLeaves() {
    var random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      int size = 1 + random.nextInt(SIZES);
      var chosen = new TreeSet<Long>();
      int wanted = random.nextInt(size + 1);
      while (chosen.size() < wanted) {
        chosen.add((long) random.nextInt(size));
      }
      long[] indexes = chosen.stream().mapToLong(Long::longValue).toArray();
      var proof = new ArrayList<Hash>();
      ManyProof.write(rising(indexes), size, tree, proof::add);
      assertThat(many(indexes, size, proof, leaves)).isEqualTo(tree.root(size));

      if (indexes.length > 0) {
        var changed = new ArrayList<>(leaves);
        int at = (int) indexes[random.nextInt(indexes.length)];
        changed.set(at, flipped(leaves.get(at), round));
        assertThat(many(indexes, size, proof, changed)).isNotEqualTo(tree.root(size));
      }
      if (!proof.isEmpty()) {
        int at = random.nextInt(proof.size());
        var changed = new ArrayList<>(proof);
        changed.set(at, flipped(proof.get(at), round));
        assertThat(many(indexes, size, changed, leaves)).isNotEqualTo(tree.root(size));
      }
    }
  }

  @Test
  void anIndexTwiceIsRefused() {
    var proof = new ArrayList<Hash>();
    ManyProof.write(rising(3), 10, tree, proof::add);
    assertThatThrownBy(() -> many(new long[] {3, 3}, 10, proof, leaves))
        .isInstanceOf(NotGenuine.class)
        .hasMessage("log index 3 comes after 3");
  }

  private static LongSupplier rising(long... indexes) {
    var next = Arrays.stream(indexes).iterator();
    return () -> next.hasNext() ? next.next() : Long.MAX_VALUE;
  }

  private static Hash many(long[] indexes, long size, List<Hash> proof, List<Hash> leaves) {
    var hashes = proof.iterator();
    Hash root =
        ManyProof.root(
            size, rising(indexes), index -> leaves.get((int) index), hashes::next, HASHER);
    assertThat(hashes.hasNext()).isFalse();
    return root;
  }

  @Test
  void aProofOfAllLeavesReadsEachTileOnceAndKeepsFew() {
    int size = 70_000;
    List<List<Hash>> levels = levels(leaves(size));
    var reads = new ArrayList<String>();
    var tiled =
        new TiledLog(
            (level, index) -> {
              reads.add(level + "/" + index);
              return tile(levels, level, index);
            },
            HASHER);
    var log = new LogTree(tiled, HASHER);
    long[] odd = LongStream.range(0, size / 2).map(i -> 2 * i + 1).toArray();
    var proof = new ArrayList<Hash>();
    ManyProof.write(rising(odd), size, log, proof::add);
    assertThat(proof).hasSize(size / 2);
    assertThat(reads).hasSizeGreaterThan(TiledLog.MOST_TILES).doesNotHaveDuplicates();
    assertThat(tiled.tilesInMemory()).isEqualTo(TiledLog.MOST_TILES);
    for (int at = 0; at < size; at += 256) {
      log.inclusion(at, size);
    }
    assertThat(tiled.tilesInMemory()).isEqualTo(TiledLog.MOST_TILES);
  }

  @Test
  void tilesHoldTheWholeTree() {
    var random = new Random(3);
    List<Hash> many = leaves(70_000);
    List<List<Hash>> levels = levels(many);
    TiledLog.Source source = (level, index) -> tile(levels, level, index);
    var tiled = new LogTree(new TiledLog(source, HASHER), HASHER);
    var frontier = new Frontier(HASHER);
    many.forEach(frontier::append);
    assertThat(tiled.root(many.size())).isEqualTo(frontier.root());
    for (int round = 0; round < 200; round++) {
      int size = 1 + random.nextInt(many.size());
      int index = random.nextInt(size);
      Proofs.included(
          HASHER, many.get(index), index, size, tiled.inclusion(index, size), tiled.root(size));
      var grown = new Frontier(HASHER, size, new TiledLog(source, HASHER));
      assertThat(grown.root()).isEqualTo(tiled.root(size));
    }
  }

  @Test
  void tilesAreAddressedAsTheSpecificationSays() {
    assertThat(new Tile(0, 1_234_067, 256).path()).isEqualTo("0/x001/x234/067");
    assertThat(new Tile(1, 1, 17).path()).isEqualTo("1/001.p/17");
    assertThat(Tile.width(0, 272, 70_000)).isEqualTo(256);
    assertThat(Tile.width(0, 273, 70_000)).isEqualTo(112);
    assertThat(Tile.width(1, 0, 70_000)).isEqualTo(256);
    assertThat(Tile.width(1, 1, 70_000)).isEqualTo(17);
    assertThat(Tile.width(2, 0, 70_000)).isEqualTo(1);
    assertThat(Tile.width(3, 0, 70_000)).isZero();
    assertThat(Tile.width(1, 0, 256)).isEqualTo(1);
    for (Tile tile : List.of(new Tile(0, 0, 1), new Tile(7, 999, 255), new Tile(2, 5_000, 256))) {
      assertThat(Tile.ofPath(tile.path())).isEqualTo(tile);
    }
    for (String path :
        List.of(
            "0/1",
            "0/x000/001",
            "8/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "-1/000",
            "0/000/",
            "00/000")) {
      assertThat(Tile.ofPath(path)).as(path).isNull();
    }
  }

  /** Every complete subtree, by its height. */
  private static List<List<Hash>> levels(List<Hash> leaves) {
    var levels = new ArrayList<List<Hash>>(List.of(leaves));
    while (levels.getLast().size() > 1) {
      List<Hash> below = levels.getLast();
      var level = new ArrayList<Hash>();
      for (int i = 0; i + 1 < below.size(); i += 2) {
        level.add(HASHER.node(below.get(i), below.get(i + 1)));
      }
      levels.add(level);
    }
    return levels;
  }

  /** Tiles as the log's store has them. */
  private static byte[] tile(List<List<Hash>> levels, int level, long index) {
    List<Hash> hashes = levels.get(level * Tile.HEIGHT);
    int width = Tile.width(level, index, levels.getFirst().size());
    var bytes = ByteBuffer.allocate(width * Hash.BYTES);
    for (int i = 0; i < width; i++) {
      hashes.get((int) index * Tile.FULL + i).write(bytes);
    }
    return bytes.array();
  }

  private static Nodes nodes(List<Hash> leaves) {
    return new Nodes() {
      @Override
      public Hash complete(int level, long index) {
        return level == 0
            ? leaves.get((int) index)
            : HASHER.node(complete(level - 1, 2 * index), complete(level - 1, 2 * index + 1));
      }
    };
  }

  private static List<Hash> leaves(int count) {
    var made = new ArrayList<Hash>();
    for (int i = 0; i < count; i++) {
      made.add(HASHER.leaf(ByteBuffer.allocate(4).putInt(i).array()));
    }
    return made;
  }

  private static Hash flipped(Hash hash, int bit) {
    byte[] bytes = hash.bytes();
    bytes[bit / 8 % Hash.BYTES] ^= (byte) (1 << bit % 8);
    return Hash.of(bytes);
  }
}
