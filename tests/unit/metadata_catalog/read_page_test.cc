#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "metadata/catalog/listing.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/parsed.h"

namespace trebol::catalog {
namespace {

constexpr uint64_t kSession = 7;

struct Item {
  std::string name;
  bool folded = false;
  friend bool operator==(const Item&, const Item&) = default;
};
std::ostream& operator<<(std::ostream& out, const Item& item) {
  return out << (item.folded ? "prefix '" : "key '") << item.name << "'";
}

// What a listing means, said without any cleverness.
std::vector<Item> NaiveList(const std::set<std::string>& keys, const v1::ReadPageRequest& request) {
  std::vector<Item> items;
  std::set<std::string> prefixes;
  for (const std::string& key : keys) {
    if (!absl::StartsWith(key, request.prefix())) continue;
    if (!request.delimiter().empty()) {
      const size_t at = key.find(request.delimiter(), request.prefix().size());
      if (at != std::string::npos) {
        const std::string folded = key.substr(0, at + request.delimiter().size());
        if (folded > request.after() && prefixes.insert(folded).second) {
          items.push_back({folded, true});
        }
        continue;
      }
    }
    if (key > request.after()) items.push_back({key, false});
  }
  return items;
}

// All pages, merged as a client does; checks the limits of each.
std::vector<Item> ListByPages(const RowReader& rows, v1::ReadPageRequest request) {
  std::vector<Item> items;
  while (true) {
    const auto page = ReadPage(rows, request);
    RC_ASSERT(page.ok());
    const auto listed = Parsed<v1::ListObjectsResponse>(page->page);
    RC_ASSERT(listed.ok());
    RC_ASSERT(listed->objects_size() + listed->common_prefixes_size() <=
              static_cast<int>(request.limit()));
    std::vector<Item> of_page;
    for (const auto& object : listed->objects()) of_page.push_back({object.key(), false});
    for (const auto& prefix : listed->common_prefixes()) of_page.push_back({prefix, true});
    std::sort(of_page.begin(), of_page.end(),
              [](const Item& a, const Item& b) { return a.name < b.name; });
    items.insert(items.end(), of_page.begin(), of_page.end());
    if (!page->more) {
      RC_ASSERT(page->next_after.empty());
      return items;
    }
    RC_ASSERT(!of_page.empty());
    RC_ASSERT(page->next_after == of_page.back().name);
    request.set_after(page->next_after);
  }
}

// Names of few pieces, so that prefixes, delimiters and neighbours of delimiters meet often: '.'
// and '0' stand beside '/', é and 🍀 are of several bytes, 0x01 and 0x7F are the ends.
rc::Gen<std::string> Names() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "a", "b", "/", "/", ".", "0", "\xC3\xA9", "\xF0\x9F\x8D\x80", "\x01", "\x7F", "//"})),
      [](const std::vector<std::string>& pieces) {
        std::string name;
        for (const std::string& piece : pieces) {
          if (name.size() + piece.size() > 60) break;  // a key is UTF-8 to its end
          name += piece;
        }
        return name;
      });
}

RC_GTEST_PROP(ReadPage, GivesTheSameListAtEveryPageSize, ()) {
  const auto raw = *rc::gen::container<std::set<std::string>>(Names());
  std::set<std::string> keys;
  testing::MemoryTransaction rows = testing::MemoryCatalog().rows();
  v1::BucketRow bucket;
  bucket.set_id(5);
  bucket.set_name("bucket");
  RC_ASSERT(PutRow(rows, row_keys::Bucket("bucket"), bucket).ok());
  for (const uint64_t neighbour : {4, 6}) {
    RC_ASSERT(PutRow(rows, row_keys::Object(BucketId(neighbour), "a"), v1::ObjectRow()).ok());
  }
  for (const std::string& key : raw) {
    if (key.empty()) continue;
    keys.insert(key);
    RC_ASSERT(PutRow(rows, row_keys::Object(BucketId(5), key), v1::ObjectRow()).ok());
  }
  v1::ReadPageRequest request;
  request.set_bucket("bucket");
  request.set_prefix(
      *rc::gen::weightedOneOf<std::string>({{2, rc::gen::just(std::string())}, {1, Names()}}));
  request.set_delimiter(
      *rc::gen::elementOf(std::vector<std::string>{"", "/", "/", "//", "a", "\xC3\xA9", "\x7F"}));
  request.set_after(
      *rc::gen::weightedOneOf<std::string>({{2, rc::gen::just(std::string())}, {1, Names()}}));
  const std::vector<Item> expected = NaiveList(keys, request);
  for (uint32_t limit = 1; limit <= expected.size() + 2; ++limit) {
    request.set_limit(limit);
    RC_ASSERT(ListByPages(rows, request) == expected);
  }
}

class ReadPageTest : public ::testing::Test {
 protected:
  ReadPageTest() {
    catalog_.Must(testing::OpenSession(kSession));
    bucket_ = catalog_.Must(testing::CreateBucket({kSession, 9999}, "bucket")).bucket().id();
  }
  void Put(const std::string& key, const std::string& content_type = "") {
    ++counter_;
    v1::Command put = testing::PutObject({kSession, counter_}, "bucket", key,
                                         testing::MemoryCatalog::Version(kSession, counter_), 1);
    put.mutable_put_object()->mutable_manifest()->set_content_type(content_type);
    catalog_.Must(put);
  }
  v1::ListObjectsResponse Read(const v1::ReadPageRequest& request) {
    const auto page = ReadPage(catalog_.rows(), request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *Parsed<v1::ListObjectsResponse>(page->page) : v1::ListObjectsResponse();
  }

  testing::MemoryCatalog catalog_;
  uint64_t bucket_ = 0;
  uint64_t counter_ = 0;
};

TEST_F(ReadPageTest, OfAnUnknownBucketIsAnError) {
  v1::ReadPageRequest request;
  request.set_bucket("nowhere");
  EXPECT_EQ(ReasonOf(ReadPage(catalog_.rows(), request).status()), v1::BUCKET_NOT_FOUND);
  request.set_bucket("No Bucket");
  EXPECT_EQ(ReasonOf(ReadPage(catalog_.rows(), request).status()), v1::INVALID_BUCKET_NAME);
}

TEST_F(ReadPageTest, LeavesOutAPrefixThatIsNotGreaterThanAfter) {
  Put("a/1");
  Put("a/2");
  Put("b");
  v1::ReadPageRequest request;
  request.set_bucket("bucket");
  request.set_delimiter("/");
  request.set_after("a/1");
  const v1::ListObjectsResponse page = Read(request);
  EXPECT_EQ(page.common_prefixes_size(), 0);
  ASSERT_EQ(page.objects_size(), 1);
  EXPECT_EQ(page.objects(0).key(), "b");
}

TEST_F(ReadPageTest, EndsAPageBeforeAMessageIsFull) {
  const std::string long_name(kMaxKeySize - 8, 'k');
  testing::MemoryTransaction rows = catalog_.rows();
  v1::ObjectRow row;
  row.mutable_manifest()->set_content_type(std::string(3000, 't'));
  for (int i = 0; i < 2500; ++i) {
    const std::string key = long_name + std::to_string(10000 + i);
    ASSERT_TRUE(PutRow(rows, row_keys::Object(BucketId(bucket_), key), row).ok());
  }
  v1::ReadPageRequest request;
  request.set_bucket("bucket");
  request.set_limit(kMaxPageSize);
  int objects = 0;
  int pages = 0;
  while (true) {
    const auto page = ReadPage(rows, request);
    ASSERT_TRUE(page.ok());
    EXPECT_LT(page->page.size(), listing::kPlainClientMessageSize);
    objects += Parsed<v1::ListObjectsResponse>(page->page)->objects_size();
    ++pages;
    if (!page->more) break;
    request.set_after(page->next_after);
  }
  EXPECT_EQ(objects, 2500);
  EXPECT_GT(pages, 1);
}

}  // namespace
}  // namespace trebol::catalog
