package io.r1platform.springai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(120)
class R1ChatAutoConfigurationTests {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  R1ChatAutoConfiguration.class,
                  ToolCallingAutoConfiguration.class,
                  ChatClientAutoConfiguration.class))
          .withPropertyValues("r1.chat.model=" + Nano.FILE, "r1.chat.options.temperature=0");

  @Test
  void answersThroughAChatClient() {
    application.run(
        context -> {
          ChatClient client = context.getBean(ChatClient.Builder.class).build();

          assertThat(client.prompt().user(Nano.SUM).call().content()).contains("936");
        });
  }

  @Test
  void settingsReachTheModel() {
    application
        .withPropertyValues(
            "r1.chat.name=mine", "r1.chat.options.max-tokens=9", "r1.chat.context-tokens=512")
        .run(
            context -> {
              R1ChatModel model = context.getBean(R1ChatModel.class);

              assertThat(model.getOptions().getModel()).isEqualTo("mine");
              assertThat(model.call(Nano.SUM)).isEmpty();
              assertThat(model.getOptions().getTopP()).isEqualTo(0.95);
              assertThat(model.getOptions().getMaxTokens()).isEqualTo(9);
            });
  }

  @Test
  void standsBackWhereAnotherModelIsSelected() {
    application
        .withPropertyValues("spring.ai.model.chat=openai")
        .run(context -> assertThat(context).doesNotHaveBean(ChatModel.class));
    application
        .withPropertyValues("spring.ai.model.chat=r1")
        .run(context -> assertThat(context).hasSingleBean(R1ChatModel.class));
  }

  @Test
  void aMissingFileSaysWhatToChange() {
    application
        .withPropertyValues("r1.chat.model=/no/such.gguf")
        .run(
            context -> {
              Throwable failure = Objects.requireNonNull(context.getStartupFailure());
              var analysis = Objects.requireNonNull(new EngineStartAnalyzer().analyze(failure));
              assertThat(analysis.getDescription()).contains("/no/such.gguf");
              assertThat(analysis.getAction()).contains("r1.chat.model");
            });
  }

  @Test
  void noFileAtAllNamesTheSetting() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(R1ChatAutoConfiguration.class))
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("r1.chat.model must name"));
  }

  @Test
  void bootFindsItWithItsMetadata() throws IOException {
    assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
        .contains(R1ChatAutoConfiguration.class.getName());
    try (InputStream in =
        Objects.requireNonNull(
            getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("\"r1.chat.model\"", "\"r1.chat.options.max-tokens\"", "the GGUF file");
    }
  }
}
