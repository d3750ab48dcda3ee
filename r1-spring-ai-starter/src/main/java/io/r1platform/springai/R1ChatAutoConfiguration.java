package io.r1platform.springai;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * R1 as a chat model, unless {@code spring.ai.model.chat} selects one other than {@code r1} or the
 * application has an {@link R1ChatModel} of its own.
 */
@AutoConfiguration
@ConditionalOnProperty(
    name = SpringAIModelProperties.CHAT_MODEL,
    havingValue = "r1",
    matchIfMissing = true)
@ConditionalOnMissingBean(R1ChatModel.class)
@EnableConfigurationProperties(R1ChatProperties.class)
public class R1ChatAutoConfiguration {
  R1ChatAutoConfiguration() {}

  @Bean
  EmbeddedEngine r1Engine(R1ChatProperties properties, ApplicationEventPublisher events) {
    return new EmbeddedEngine(properties.engineOptions(), properties.drain(), events);
  }

  @Bean
  R1ChatModel r1ChatModel(
      EmbeddedEngine r1Engine,
      R1ChatProperties properties,
      ObjectProvider<ObservationRegistry> observations,
      ObjectProvider<ChatModelObservationConvention> conventions) {
    return new R1ChatModel(
        r1Engine,
        properties.chatOptions(),
        properties.deadline(),
        observations.getIfUnique(() -> ObservationRegistry.NOOP),
        conventions.getIfUnique(DefaultChatModelObservationConvention::new));
  }
}
