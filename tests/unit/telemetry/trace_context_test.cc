#include "common/telemetry/trace_context.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace trebol {
namespace {

constexpr char kExample[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsTheExampleOfTheSpecification) {
  const TraceContext context = TraceContext::Parse(kExample).value();
  EXPECT_EQ(ToString(context.trace), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context.span, SpanId(0xb7ad6b7169203331));
  EXPECT_TRUE(context.sampled);
  EXPECT_EQ(context.Format(), kExample);
}

TEST(TraceContext, ReadsLaterVersionsAsFarAsItKnowsThem) {
  EXPECT_TRUE(TraceContext::Parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what"));
  EXPECT_TRUE(TraceContext::Parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"));
}

TEST(TraceContext, IgnoresWhatIsMalformed) {
  for (const char* text : {
           "",
           "00",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
           "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01what",
           "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-001",
       }) {
    EXPECT_FALSE(TraceContext::Parse(text)) << text;
  }
}

TEST(TraceContext, AChildIsAnotherStepOfTheSameTrace) {
  const TraceContext context = TraceContext::New();
  const TraceContext child = context.Child();
  EXPECT_EQ(child.trace, context.trace);
  EXPECT_NE(child.span, context.span);
  EXPECT_NE(TraceContext::New().trace, context.trace);
  EXPECT_EQ(TraceContext::Parse(context.Format()), context);
}

RC_GTEST_PROP(TraceContext, NeverStumblesOverBytes, (const std::string& bytes)) {
  std::string text = kExample;
  for (char byte : bytes) text[*rc::gen::inRange<size_t>(0, text.size())] = byte;
  if (const auto context = TraceContext::Parse(text)) {
    RC_ASSERT(TraceContext::Parse(context->Format()) == context);
  }
}

}  // namespace
}  // namespace trebol
