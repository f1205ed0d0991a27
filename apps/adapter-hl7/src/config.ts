import { IsInt, IsNotEmpty, IsOptional, Max, Min } from 'class-validator';
import { Settings } from '@anamnesis/runtime';

const mebibyte = 1024 * 1024;

/** Environment variables of the HL7 adapter. Every limit has its name here. */
export class AdapterHl7Settings extends Settings {
  /** 0 picks a free port. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  MLLP_PORT: number = 2575;

  /** Absent: no TLS listener. 0 picks a free port. With it the three files below are needed. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  MLLP_TLS_PORT?: number;

  /** Absent: `POST /hl7v2` is not offered over TLS. 0 picks a free port. With it the same three files are needed. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  HTTPS_INTAKE_PORT?: number;

  /** PEM: the listeners' certificate, its issuers behind it. */
  @IsOptional()
  @IsNotEmpty()
  MLLP_TLS_CERT_FILE?: string;

  @IsOptional()
  @IsNotEmpty()
  MLLP_TLS_KEY_FILE?: string;

  /** PEM: the authorities that may have issued senders' certificates. */
  @IsOptional()
  @IsNotEmpty()
  MLLP_TLS_CLIENT_CA_FILE?: string;

  /** How often the three files are looked at for renewed ones. */
  @IsInt()
  @Min(10)
  MLLP_TLS_RELOAD_MS: number = 10_000;

  /** For a TLS handshake; then the connection is closed. */
  @IsInt()
  @Min(10)
  MLLP_TLS_HANDSHAKE_TIMEOUT_MS: number = 10_000;

  /** The next one is closed at once. */
  @IsInt()
  @Min(1)
  MLLP_CONNECTIONS_MAX: number = 512;

  /** Data of one block, documents and all; of a larger one no more than its beginning is kept. 50 MB in base64, and room. */
  @IsInt()
  @Min(1024)
  @Max(512 * mebibyte)
  MLLP_BLOCK_BYTES_MAX: number = 72 * mebibyte;

  /** A value in OBX-5 of so many bytes goes into the content store, not onto the bus. */
  @IsInt()
  @Min(1024)
  DETACH_BYTES_MIN: number = 256 * 1024;

  /** A message without the documents that are detached; a larger one is answered negatively and not kept. */
  @IsInt()
  @Min(1024)
  @Max(23 * mebibyte)
  MLLP_FRAME_BYTES_MAX: number = 16 * mebibyte;

  /** Silence inside a block; then the connection is closed. */
  @IsInt()
  @Min(10)
  MLLP_PARTIAL_FRAME_TIMEOUT_MS: number = 60_000;

  /** Silence between blocks; 0 = for ever, since connections live for days. */
  @IsInt()
  @Min(0)
  MLLP_IDLE_TIMEOUT_MS: number = 0;

  /** How long a sender may leave its answers unread. */
  @IsInt()
  @Min(10)
  MLLP_WRITE_TIMEOUT_MS: number = 60_000;

  /** First TCP keep-alive probe after this silence. */
  @IsInt()
  @Min(1000)
  MLLP_KEEP_ALIVE_MS: number = 30_000;

  /** Blocks of one connection in one publish; as many again may wait behind it. */
  @IsInt()
  @Min(1)
  MLLP_BATCH_FRAMES_MAX: number = 64;

  /** Unread answers of one connection before no more of its blocks are taken. */
  @IsInt()
  @Min(1)
  MLLP_ANSWER_BYTES_MAX: number = 256 * 1024;

  /** Bytes of blocks, complete or not, that all connections together hold. */
  @IsInt()
  @Min(mebibyte)
  MLLP_HELD_BYTES_MAX: number = 128 * mebibyte;

  /** Bytes of blocks being mapped and published at one time: each takes several times its size. */
  @IsInt()
  @Min(1024)
  MLLP_WORK_BYTES_MAX: number = 32 * mebibyte;

  /** Files put here are taken in; absent: no folder is watched. */
  @IsOptional()
  @IsNotEmpty()
  FOLDER_INTAKE?: string;

  @IsInt()
  @Min(10)
  FOLDER_POLL_MS: number = 1000;

  /** A file is taken when it has not changed for so long. */
  @IsInt()
  @Min(0)
  FOLDER_SETTLE_MS: number = 2000;

  /** Before what could not be stored is tried again. */
  @IsInt()
  @Min(1)
  FOLDER_RETRY_MS: number = 2000;

  /** Bytes of requests to `POST /hl7v2`, read or being read, that are held at one time; further ones are told to come later. */
  @IsInt()
  @Min(mebibyte)
  HTTP_INTAKE_BYTES_MAX: number = 144 * mebibyte;

  /** For a request's body to arrive. */
  @IsInt()
  @Min(10)
  HTTP_INTAKE_TIMEOUT_MS: number = 60_000;

  /** For a sender's own listener to connect, and for its answer to an application acknowledgement. */
  @IsInt()
  @Min(10)
  APPLICATION_ACK_TIMEOUT_MS: number = 10_000;

  /** How often registration is asked for application acknowledgements, where a source has a listener for them. */
  @IsInt()
  @Min(10)
  APPLICATION_ACK_POLL_MS: number = 1000;

  /** For what is in flight at shutdown; then connections are cut. */
  @IsInt()
  @Min(0)
  MLLP_DRAIN_TIMEOUT_MS: number = 10_000;

  /** For a publish; then the message is answered as unavailable. */
  @IsInt()
  @Min(10)
  PUBLISH_TIMEOUT_MS: number = 20_000;

  /** For registration to answer about a sender on first contact, enrolment included. */
  @IsInt()
  @Min(10)
  CONTACT_TIMEOUT_MS: number = 2000;

  /** After registration said no or nothing, the same sender is not asked about before. */
  @IsInt()
  @Min(0)
  CONTACT_RETRY_MS: number = 2000;

  /** Senders that registration has not admitted, remembered at one time; further ones are refused unasked. */
  @IsInt()
  @Min(1)
  UNKNOWN_SENDERS_MAX: number = 1000;

  /** For the record of a refusal to be stored before the answer goes out without it. */
  @IsInt()
  @Min(0)
  REFUSAL_RECORD_TIMEOUT_MS: number = 500;

  /** Control ids remembered, over all sources: resends within are answered without a second publish. */
  @IsInt()
  @Min(1)
  RECENT_MESSAGES_MAX: number = 65_536;

  /** How often registration is told what was seen of each source. */
  @IsInt()
  @Min(100)
  OBSERVATION_INTERVAL_MS: number = 5000;
}
