package io.r1platform.inference.chatmodel;

import io.micrometer.observation.Observation;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationListener;
import io.r1platform.prompts.OutputText;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.ai.chat.observation.ChatModelObservationContext;

/** One call in the engine. Its observation ends with the usage, also when it is cancelled. */
final class ChatCall implements GenerationListener {
  private final OutputText output;
  private final Answer answer;
  private final Observation observation;
  private final Responses responses;

  ChatCall(UUID id, String model, OutputText output, Answer answer, Observation observation) {
    this.output = output;
    this.answer = answer;
    this.observation = observation;
    this.responses = new Responses(id, model);
  }

  /** Starts it; a refusal is observed and passed on. */
  Generation start(Supplier<Generation> starter) {
    observation.start();
    try {
      return starter.get();
    } catch (ServiceException e) {
      observation.error(e).stop();
      throw e;
    }
  }

  @Override
  public boolean on(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Token token -> {
        text(output.accept(token.id(), token.isText(), token.piece()));
        yield !output.stopped();
      }
      case GenerationEvent.Ended ended -> {
        text(output.finish());
        end(ended);
        yield true;
      }
    };
  }

  private void text(OutputText.Text text) {
    if (!text.isEmpty()) {
      answer.text(text, responses);
    }
  }

  private void end(GenerationEvent.Ended ended) {
    if (observation.getContext() instanceof ChatModelObservationContext context) {
      context.setResponse(responses.last(ended, "", ""));
    }
    ServiceException failure = ended.failure();
    if (failure == null) {
      observation.stop();
      answer.ended(ended, responses);
    } else {
      observation.error(failure).stop();
      answer.failed(failure);
    }
  }
}
